import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultySessions, type FaultyVisitor, look, type Use } from "./faulty-sessions.ts";
import { prepare } from "./run-scenario.ts";

let sessions: FaultySessions;

beforeAll(async () => {
  sessions = await FaultySessions.start();
});

afterAll(() => sessions.stop());

describe("a session near 400 KB", () => {
  const text = (bytes: number) => "x".repeat(bytes);
  const TOO_LARGE = { status: 413, cookie: "none" };
  const fill: Use = (session) => session.set("large", text(390_000));

  async function filled(): Promise<FaultyVisitor> {
    return prepare(sessions, { before: [fill], act: look });
  }

  test("a session of 390 KB is stored and read back", async () => {
    expect((await (await filled()).request(look)).result).toEqual({ large: text(390_000) });
  });

  test.each<[string, Use]>([
    ["a value", (session) => session.set("more", text(30_000))],
    [
      "many values",
      (session) => {
        for (let number = 0; number < 300; number += 1) session.set(`key ${number}`, text(100));
      },
    ],
    ["a value that is larger", (session) => session.set("large", text(420_000))],
    ["an update", (session) => session.update("large", (large: string) => large + text(30_000))],
    ["a flash", (session) => session.flash(text(30_000))],
    ["a sign-in with a long name", (session) => session.signIn({ id: "long", name: text(30_000) })],
  ])("a session near 400 KB rejects %s with 413, and keeps its data", async (_what, use) => {
    const visitor = await filled();
    expect(await visitor.request(use)).toEqual(TOO_LARGE);
    expect((await visitor.request(look)).result).toEqual({ large: text(390_000) });
  });

  test("a new session over 400 KB is rejected with 413, and gets no cookie", async () => {
    const visitor = sessions.visitor();
    expect(await visitor.request((session) => session.set("large", text(420_000)))).toEqual(TOO_LARGE);
    expect(visitor.cookie).toBeUndefined();
  });

  test("a session near 400 KB can be incremented, renewed, made smaller and signed out", async () => {
    const visitor = await filled();
    expect(await visitor.request((session) => session.increment("n"))).toMatchObject({ result: 1 });
    expect(await visitor.request((session) => session.renew())).toMatchObject({ status: 200, cookie: "set" });
    expect(await visitor.request((session) => session.set("large", "x"))).toMatchObject({ status: 200 });
    await visitor.request(fill);
    expect(await visitor.request((session) => session.signOut())).toMatchObject({ cookie: "delete" });
  });

  test("one of two parallel requests that are too large together is answered with 413", async () => {
    const visitor = await prepare(sessions, { before: [(session) => session.set("n", 1)], act: look });
    const seen = await Promise.all(
      ["a", "b"].map((key) => visitor.request((session) => session.set(key, text(250_000)))),
    );
    expect(seen.map(({ status }) => status).sort()).toEqual([200, 413]);
    const { result } = await visitor.request(look);
    expect(Object.keys(result as object)).toHaveLength(2);
  });
});
