import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runsOf } from "../../support/proofs.ts";
import { FaultySessions, type FaultyVisitor, look } from "./faulty-sessions.ts";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * DAY;
const JUMPS = [MINUTE, 20 * MINUTE, 2 * DAY, YEAR, 60 * YEAR];

let sessions: FaultySessions;
let wrong = 0;

beforeAll(async () => {
  sessions = await FaultySessions.start();
});

afterAll(() => sessions.stop());

beforeEach(() => {
  // Removes the random wait of the SDK before a retry.
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => jump(-wrong));

/** Sets the clock forward or back. */
function jump(seconds: number): void {
  sessions.clock.advance(seconds);
  wrong += seconds;
}

async function begin(): Promise<FaultyVisitor> {
  const visitor = sessions.visitor();
  await visitor.request((session) => {
    session.signIn({ id: "ada", name: "Ada" });
    session.set("n", 0);
  });
  return visitor;
}

describe("a clock that jumps", () => {
  test.each(JUMPS)(
    "a session loses nothing when the clock jumps ahead by %d seconds and back",
    async (seconds) => {
      const visitor = await begin();
      const { cookie = "" } = visitor;
      jump(seconds);
      expect(await visitor.request(look)).toMatchObject({ status: 200 });
      jump(-seconds);
      expect((await visitor.request(look, cookie)).result).toEqual({ n: 0, user: "ada" });
      expect((await visitor.request((session) => session.increment("n"), cookie)).result).toBe(1);
    },
  );

  test.each(JUMPS)(
    "a session loses nothing when the clock jumps back by %d seconds and ahead again",
    async (seconds) => {
      const visitor = await begin();
      const { cookie = "" } = visitor;
      jump(-seconds);
      expect(await visitor.request(look)).toMatchObject({ status: 200 });
      jump(seconds);
      expect((await visitor.request(look, cookie)).result).toEqual({ n: 0, user: "ada" });
      expect((await visitor.request((session) => session.increment("n"), cookie)).result).toBe(1);
    },
  );

  test.each(JUMPS)(
    "a request during which the clock jumps ahead by %d seconds is answered with 200 or 409",
    async (seconds) => {
      const visitor = await begin();
      const seen = await visitor.request((session) => {
        jump(seconds);
        session.set("n", 1);
      });
      expect([200, 409]).toContain(seen.status);
    },
  );

  test.each(JUMPS)("a request during which the clock jumps back by %d seconds is saved", async (seconds) => {
    const visitor = await begin();
    const seen = await visitor.request(async (session) => {
      jump(-seconds);
      session.set("text", "saved");
      return session.increment("n");
    });
    expect(seen).toMatchObject({ status: 200, result: 1 });
    jump(seconds);
    expect((await visitor.request(look)).result).toEqual({ n: 1, text: "saved", user: "ada" });
  });

  test("each increment counts once when the clock of each request is wrong by up to 30 seconds", async () => {
    // The difference of two requests is at most the clock skew.
    const errors = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 5, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(errors, async (seconds) => {
        await sessions.clear();
        const visitor = await begin();
        for (const [index, error] of seconds.entries()) {
          jump(error - wrong);
          sessions.proxy.inject("UpdateItem", "lose answer");
          expect(await visitor.request((session) => session.increment("n"))).toMatchObject({
            result: index + 1,
          });
        }
      }),
      { numRuns: runsOf({ all: 10, sampled: 2 }) },
    );
  });

  test("a session that was destroyed is not restored by a clock that jumps", async () => {
    const visitor = await begin();
    const { cookie = "" } = visitor;
    await visitor.request((session) => session.signOut());
    for (const seconds of JUMPS.flatMap((jump) => [jump, -jump])) {
      jump(seconds);
      expect((await visitor.request(look, cookie)).result).toEqual({ isNew: true });
      jump(-seconds);
    }
  });
});
