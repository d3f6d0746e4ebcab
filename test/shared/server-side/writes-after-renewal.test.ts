import { beforeEach, describe, expect, test } from "vitest";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import type { Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

let fixture: ServerSideFixture;
let visitor: Visitor;

/** Gives the visitor a session that nobody is signed in to. */
async function start(settings: SessionSettings = {}): Promise<void> {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(settings);
  await visitor.visit((session) => session.set("n", 1).set("list", ["old"]));
}

beforeEach(() => start());

/** Returns the data that the cookie of a request under way still opens. */
async function seenByHolder(): Promise<object> {
  return (await fixture.makeVisitor().visit(seen, cookiesOf(visitor))).result;
}

const append =
  (item: string): Use =>
  (session) =>
    session.update("list", (list = []) => [...list, item]);

const RENEWALS: readonly [what: string, renew: Use][] = [
  ["signIn", (session) => session.signIn(ADA)],
  ["renew", (session) => session.renew()],
];

const WRITES: readonly [what: string, write: Use, after: object][] = [
  ["increment", (session) => session.increment("n"), { n: 2, list: ["old"] }],
  ["increment of a new key", (session) => session.increment("m"), { n: 1, m: 1, list: ["old"] }],
  ["update", append("new"), { n: 1, list: ["old", "new"] }],
];

describe.each(RENEWALS)("after %s", (what, renew) => {
  test.each(WRITES)(
    `%s after ${what} is saved with the session, and the old token does not read it`,
    async (_write, write, after) => {
      const { result } = await visitor.visit(async (session) => {
        renew(session);
        await write(session);
        return seenByHolder();
      });
      expect(result).toEqual({ n: 1, list: ["old"] });
      expect(await look(visitor)).toMatchObject(after);
    },
  );

  test.each(WRITES)(`%s after ${what} is not stored when the handler throws`, async (_write, write) => {
    const failing = visitor.visit(async (session) => {
      renew(session);
      await write(session);
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(await look(visitor)).toEqual({ n: 1, list: ["old"] });
  });

  test(`increments after ${what} are all kept beside those of parallel requests`, async () => {
    const cookies = cookiesOf(visitor);
    const { result } = await visitor.visit(async (session) => {
      renew(session);
      const first = await session.increment("n");
      await fixture.makeVisitor().visit((other) => other.increment("n", 10), cookies);
      return [first, await session.increment("n"), session.get("n")];
    });
    expect(result).toEqual([2, 3, 3]);
    expect(await look(visitor)).toMatchObject({ n: 13 });
  });

  test(`updates after ${what} are all kept beside those of parallel requests`, async () => {
    const cookies = cookiesOf(visitor);
    await visitor.visit(async (session) => {
      renew(session);
      await append("mine")(session);
      await fixture.makeVisitor().visit(append("theirs"), cookies);
      await append("mine again")(session);
    });
    expect(await look(visitor)).toMatchObject({ list: ["old", "theirs", "mine", "mine again"] });
  });

  test(`an increment after ${what} is kept when a parallel one is stored during the save`, async () => {
    const cookies = cookiesOf(visitor);
    fixture.steered.before("change", () =>
      fixture.makeVisitor().visit((other) => other.increment("n", 10), cookies),
    );
    await visitor.visit((session) => [renew(session), session.increment("n")]);
    expect(await look(visitor)).toMatchObject({ n: 12 });
  });

  test(`a value that is set after an increment and ${what} wins`, async () => {
    await visitor.visit(async (session) => {
      renew(session);
      await session.increment("n");
      session.set("n", 100);
      await session.increment("n");
      await append("dropped")(session);
      session.delete("list");
    });
    expect(await look(visitor)).toMatchObject({ n: 101 });
    expect(await look(visitor)).not.toHaveProperty("list");
  });

  test(`a change inside a value that was updated after ${what} is saved`, async () => {
    await visitor.visit(async (session) => {
      renew(session);
      await append("new")(session);
      session.get("list")?.push("inside");
    });
    expect(await look(visitor)).toMatchObject({ list: ["old", "new", "inside"] });
  });

  test(`a change inside the value that an update after ${what} has returned is saved`, async () => {
    await visitor.visit(async (session) => {
      renew(session);
      const list = await session.update("list", (stored = []) => [...stored, "new"]);
      list.push("inside");
    });
    expect(await look(visitor)).toMatchObject({ list: ["old", "new", "inside"] });
  });

  test(`an update that cannot be stored throws after ${what}, and the session stays as it was`, async () => {
    const { result } = await visitor.visit(async (session) => {
      renew(session);
      return session.update("n", () => Symbol("none")).catch((error) => error.name);
    });
    expect([result, await look(visitor)]).toMatchObject(["UnstorableValueError", { n: 1 }]);
  });

  test(`an increment before ${what} is stored at once, and counts once`, async () => {
    await visitor.visit(async (session) => {
      await session.increment("n");
      renew(session);
      await session.increment("n");
    });
    expect(await look(visitor)).toMatchObject({ n: 3 });
  });

  test(`an increment that was not awaited before ${what} counts once`, async () => {
    await visitor.visit(async (session) => {
      const early = session.increment("n");
      renew(session);
      await session.increment("n");
      await early;
    });
    expect(await look(visitor)).toMatchObject({ n: 3 });
  });
});

describe("a sign-in that does not succeed", () => {
  const settings: SessionSettings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" };

  test("a sign-in that is refused by the cap stores nothing that the handler wrote after it", async () => {
    await start(settings);
    await fixture.makeVisitor(settings).visit((session) => session.signIn(ADA));
    const signingIn = visitor.visit(async (session) => {
      session.signIn(ADA);
      await session.increment("n");
      await append("secret")(session);
    });
    await expect(signingIn).rejects.toMatchObject({ statusCode: 403 });
    expect(await look(visitor)).toEqual({ n: 1, list: ["old"] });
  });

  test("a sign-in in a session that was destroyed meanwhile succeeds with what the handler wrote after it", async () => {
    const [cookies, id] = [cookiesOf(visitor), await idOf(visitor)];
    await visitor.visit(async (session) => {
      await fixture.makeVisitor().visit((other) => other.signOut(), cookies);
      session.signIn(ADA);
      await session.increment("n");
      await append("new")(session);
    });
    expect(await look(visitor)).toEqual({ n: 1, list: ["new"], user: ADA.id });
    expect(await idOf(visitor)).not.toBe(id);
  });

  test("a sign-in in a session that was renewed meanwhile succeeds with what the handler wrote after it", async () => {
    const cookies = cookiesOf(visitor);
    const elsewhere = fixture.makeVisitor();
    await visitor.visit(async (session) => {
      await elsewhere.visit((other) => other.signIn(BOB), cookies);
      session.signIn(ADA);
      await session.increment("n");
    });
    expect(await look(visitor)).toEqual({ n: 2, list: ["old"], user: ADA.id });
    expect(await look(elsewhere)).toEqual({ n: 1, list: ["old"], user: BOB.id });
  });

  test("a sign-in as another user begins a session with only what the handler wrote after it", async () => {
    await visitor.visit((session) => session.signIn(BOB));
    await visitor.visit(async (session) => {
      await session.increment("n");
      session.signIn(ADA);
      await session.increment("n");
    });
    expect(await look(visitor)).toEqual({ n: 1, user: ADA.id });
  });

  test("an increment that was not awaited before clear leaves nothing in the session that begins", async () => {
    await visitor.visit(async (session) => {
      const early = session.increment("m");
      session.clear();
      session.set("b", 1);
      await early;
    });
    expect(await look(visitor)).toEqual({ b: 1 });
  });
});

test("an increment that was under way when the visitor signed in does not hide a later one", async () => {
  const { result } = await visitor.visit(async (session) => {
    const before = session.increment("n");
    session.signIn(ADA);
    const after = session.increment("n", 5);
    return [await after, await before, session.get("n")];
  });
  expect(result).toEqual([6, 2, 6]);
  expect(await look(visitor)).toMatchObject({ n: 7 });
});
