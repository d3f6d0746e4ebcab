import { beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../../shared/session/session.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, cookiesOf, idOf, look, ServerSideFixture } from "./server-side-fixture.ts";

let fixture: ServerSideFixture;
let visitor: Visitor;

beforeEach(async () => {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor();
  await visitor.visit((session) => session.set("n", 0).set("list", ["first"]));
});

/** Sends a slow request, and during it a quick one of the same browser. */
function slowAndQuick(slow: Use, quick: Use) {
  return visitor.visit(async (session) => {
    await slow(session);
    await visitor.visit(quick);
  });
}

describe("parallel requests", () => {
  test("parallel requests that set different keys are both saved", async () => {
    await slowAndQuick(
      (session) => session.set("a", 1),
      (session) => session.set("b", 2),
    );
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"], a: 1, b: 2 });
  });

  test("parallel requests that delete different keys are both saved", async () => {
    await visitor.visit((session) => session.set("a", 1));
    await slowAndQuick(
      (session) => session.delete("list"),
      (session) => session.delete("n"),
    );
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test("a slow request does not restore a key that a parallel one deleted", async () => {
    await slowAndQuick(
      (session) => session.set("a", 1),
      (session) => session.delete("list"),
    );
    expect(await look(visitor)).toEqual({ n: 0, a: 1 });
  });

  test("the last of two parallel requests that set the same key wins", async () => {
    await slowAndQuick(
      (session) => session.set("n", "slow"),
      (session) => session.set("n", "quick"),
    );
    expect(await look(visitor)).toMatchObject({ n: "slow" });
  });

  test("a slow request that only reads does not undo the changes of a parallel one", async () => {
    await slowAndQuick(
      (session) => [session.get("n"), session.get("list")],
      (session) => [session.set("n", 1), session.get("list").push("second")],
    );
    expect(await look(visitor)).toEqual({ n: 1, list: ["first", "second"] });
  });

  test("a change inside a value is saved when a parallel request changes another key", async () => {
    await slowAndQuick(
      (session) => session.get("list").push("slow"),
      (session) => session.increment("n"),
    );
    expect(await look(visitor)).toEqual({ n: 1, list: ["first", "slow"] });
  });

  test("a hundred parallel requests that set different keys are all saved", async () => {
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    await Promise.all(
      numbers.map((number) => visitor.visit((session) => session.set(`key ${number}`, number))),
    );
    const keys = numbers.map((number) => [`key ${number}`, number]);
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"], ...Object.fromEntries(keys) });
  });
});

describe("increment", () => {
  test("increment counts a hundred parallel requests, and returns a different sum to each", async () => {
    const visits = Array.from({ length: 100 }, () => visitor.visit((session) => session.increment("n")));
    const sums = (await Promise.all(visits)).map(({ result }) => result);
    expect(sums.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await look(visitor)).toMatchObject({ n: 100 });
  });

  test("increment adds to the current number, and not to the one that the request read before", async () => {
    const { result } = await visitor.visit(async (session) => {
      const read = session.get("n");
      await visitor.visit((other) => other.increment("n", 10));
      return [read, await session.increment("n"), session.get("n")];
    });
    expect(result).toEqual([0, 11, 11]);
  });

  test("increment is stored at once, and kept when the handler throws", async () => {
    const failing = visitor.visit(async (session) => {
      session.set("list", "lost");
      await session.increment("n");
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    expect(await look(visitor)).toEqual({ n: 1, list: ["first"] });
  });

  test("increment is not saved again with the session, over later increments of others", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n");
      await visitor.visit((other) => other.increment("n"));
      session.set("a", 1);
    });
    expect(await look(visitor)).toMatchObject({ n: 2, a: 1 });
  });

  test("increment starts at 0 for a missing number, also in two parallel requests", async () => {
    await slowAndQuick(
      (session) => session.increment("fresh"),
      (session) => session.increment("fresh"),
    );
    expect(await look(visitor)).toMatchObject({ fresh: 2 });
  });

  test.each<[string, number, by: number, sum: number]>([
    ["a fraction", 0, 0.5, 0.5],
    ["0", 3, 0, 3],
    ["a negative number", 3, -5, -2],
    ["a number too small for the store to add", 1, 1e-9, 1 + 1e-9],
    ["a number too large for the store to add", 1, 1e300, 1e300],
    ["-0", 3, -0, 3],
    ["to a number that the store keeps as a string", 1e300, 1, 1e300],
  ])("increment adds %s", async (_what, before, by, sum) => {
    await visitor.visit((session) => session.set("n", before));
    expect((await visitor.visit((session) => session.increment("n", by))).result).toBe(sum);
    expect(await look(visitor)).toMatchObject({ n: sum });
  });

  test.each<[string, unknown]>([
    ["a string", "1"],
    ["an array", [1]],
    ["an integer past 2^53", 2n ** 60n],
    ["null", null],
  ])("increment throws a TypeError for %s, and keeps it", async (_what, value) => {
    await visitor.visit((session) => session.set("n", value));
    const counting = visitor.visit((session) => session.increment("n"));
    await expect(counting).rejects.toThrow(new TypeError("session value at n is not a number"));
    expect(await look(visitor)).toMatchObject({ n: value });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "increment by %s throws, and stores nothing",
    async (by) => {
      const counting = visitor.visit((session) => session.increment("n", by));
      await expect(counting).rejects.toMatchObject({ name: "UnstorableValueError" });
      expect(await look(visitor)).toMatchObject({ n: 0 });
    },
  );

  test("increment of a key that the request has set is saved with the session", async () => {
    const sums = await visitor.visit(async (session) => {
      session.set("n", 40);
      await visitor.visit((other) => other.increment("n"));
      return [await session.increment("n"), await session.increment("n")];
    });
    expect(sums.result).toEqual([41, 42]);
    expect(await look(visitor)).toMatchObject({ n: 42 });
  });

  test("increment of a key that the request has deleted starts at 0", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n", 5);
      session.delete("n");
      await session.increment("n");
    });
    expect(await look(visitor)).toMatchObject({ n: 1 });
  });

  test("several increments of one request all count, sequential and parallel", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n");
      await Promise.all([session.increment("n"), session.increment("n")]);
    });
    expect(await look(visitor)).toMatchObject({ n: 3 });
  });

  test("increment of a reserved key throws a TypeError", async () => {
    const counting = visitor.visit((session) => session.increment("_created"));
    await expect(counting).rejects.toThrow(TypeError);
  });
});

describe("update", () => {
  test("update calls the change again with the value that a quicker request stored", async () => {
    const given: unknown[] = [];
    const append = (list: string[], more: string): string[] => {
      given.push(list);
      return [...list, more];
    };
    const { result } = await visitor.visit((session) => {
      fixture.steered.before("change", () => visitor.visit((other) => other.set("list", ["quick"])));
      return session.update("list", (list) => append(list, "slow"));
    });
    expect(result).toEqual(["quick", "slow"]);
    expect(given).toEqual([["first"], ["quick"]]);
    expect(await look(visitor)).toMatchObject({ list: ["quick", "slow"] });
  });

  test("update calls the change again for each request that was quicker", async () => {
    const quick = (session: Session) => session.update("list", (list) => [...list, "quick"]);
    fixture.steered.before("change", () => visitor.visit(quick));
    fixture.steered.before("change", () => {});
    fixture.steered.before("change", () => visitor.visit(quick));
    await visitor.visit((session) => session.update("list", (list) => [...list, "slow"]));
    expect(await look(visitor)).toMatchObject({ list: ["first", "quick", "quick", "slow"] });
  });

  test("update calls the change again when the key was deleted or set by a quicker request", async () => {
    for (const meanwhile of [
      (session: Session) => session.delete("list"),
      (session: Session) => session.set("list", "begun"),
    ] as Use[]) {
      fixture.steered.before("change", () => visitor.visit(meanwhile));
      await visitor.visit((session) => session.update("list", (list) => `after ${list}`));
    }
    expect(await look(visitor)).toMatchObject({ list: "after begun" });
  });

  test("update calls the change once when a quicker request changed another key", async () => {
    let times = 0;
    fixture.steered.before("change", () => visitor.visit((other) => other.set("other", 1)));
    await visitor.visit((session) => session.update("n", () => ++times));
    expect(await look(visitor)).toMatchObject({ n: 1, other: 1 });
  });

  test("twenty parallel updates of one key are all kept", async () => {
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    const append = (number: number) =>
      visitor.visit((session) => session.update("list", (list) => [...list, number]));
    await Promise.all(numbers.map(append));
    const { list } = (await look(visitor)) as { list: unknown[] };
    expect(list[0]).toBe("first");
    expect(new Set(list.slice(1))).toEqual(new Set(numbers));
    expect(list).toHaveLength(21);
  });

  test("update is stored at once, and kept when the handler throws", async () => {
    const failing = visitor.visit(async (session) => {
      await session.update("n", () => "stored");
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    expect(await look(visitor)).toMatchObject({ n: "stored" });
  });

  test("update stores nothing when the change throws or returns a value that cannot be stored", async () => {
    const throwing = () => {
      throw new RangeError("no such number");
    };
    await expect(visitor.visit((session) => session.update("n", throwing))).rejects.toThrow(RangeError);
    await expect(visitor.visit((session) => session.update("n", () => () => 1))).rejects.toMatchObject({
      name: "UnstorableValueError",
      path: "n",
    });
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"] });
  });

  test("changes inside the value that update returned are saved", async () => {
    const { result } = await visitor.visit(async (session) => {
      const list = await session.update("list", (before) => [...before, "second"]);
      list.push("third");
      return [session.modified, session.get("list") === list];
    });
    expect(result).toEqual([true, true]);
    expect(await look(visitor)).toMatchObject({ list: ["first", "second", "third"] });
  });

  test("update marks the session as modified", async () => {
    const { result } = await visitor.visit(async (session) => {
      await session.update("n", (n) => n);
      return session.modified;
    });
    expect(result).toBe(true);
  });

  test("update in a new session is saved with it", async () => {
    const other = fixture.makeVisitor();
    await other.visit((session) => session.update("n", (n = 1) => n + 1));
    expect(await look(other)).toEqual({ n: 2 });
  });
});

describe("a session that becomes empty", () => {
  beforeEach(async () => {
    visitor = fixture.makeVisitor();
    await visitor.visit((session) => session.set("a", 1));
  });

  const empty: Use = (session) => session.delete("a");

  test("a session whose last data is deleted is destroyed, and its cookie is deleted", async () => {
    const id = await idOf(visitor);
    const { setCookie } = await visitor.visit(empty);
    expect([kindOf(setCookie), await fixture.found(id)]).toEqual(["delete", "destroyed"]);
    expect(fixture.events).toEqual(["session_destroyed"]);
  });

  test("a session is kept, with its cookie, when a parallel request has set a key", async () => {
    const { result } = await visitor.visit(async (session) => {
      session.delete("a");
      return (await visitor.visit((other) => other.set("b", 2))).setCookie;
    });
    expect(result).toBeUndefined();
    expect(await look(visitor)).toEqual({ b: 2 });
    expect(fixture.events).toEqual([]);
  });

  test("a session is kept when a parallel request sets a key just before it is destroyed", async () => {
    fixture.steered.before("end", () => visitor.visit((other) => other.increment("b")));
    const { setCookie } = await visitor.visit(empty);
    expect(kindOf(setCookie)).toBe("none");
    expect(await look(visitor)).toEqual({ b: 1 });
  });

  test("a deletion of the last data is a conflict when a parallel request signs in", async () => {
    const slow = slowAndQuick(empty, (session) => session.signIn(ADA));
    await expect(slow).rejects.toMatchObject({ name: "SessionConflictError", reason: "renewed" });
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  test("a deletion of the last data is a conflict when a parallel request renews the session", async () => {
    await expect(slowAndQuick(empty, (session) => session.renew())).rejects.toMatchObject({
      reason: "renewed",
    });
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test("two parallel deletions of the last data are no conflict", async () => {
    const { setCookie } = await slowAndQuick(empty, empty);
    expect(kindOf(setCookie)).toBe("delete");
  });
});

describe("flashed messages of parallel requests", () => {
  const take: Use = (session) => session.flashes();
  const flash =
    (message: string): Use =>
    (session) =>
      session.flash(message);
  const messages = async () =>
    (await visitor.visit((session) => session.flashes())).result.map(({ message }) => message);

  test("messages that parallel requests flash are all kept", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(flash("slow"), flash("quick"));
    expect(await messages()).toEqual(["before", "quick", "slow"]);
  });

  test("messages that parallel requests flash just before a save are all kept", async () => {
    fixture.steered.before("change", () => visitor.visit(flash("quick")));
    fixture.steered.before("change", () => {});
    fixture.steered.before("change", () => visitor.visit(flash("quicker")));
    await visitor.visit(flash("slow"));
    expect(await messages()).toEqual(["quick", "quicker", "slow"]);
  });

  test("a message that a parallel request flashes is kept when others are taken", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(take, flash("quick"));
    expect(await messages()).toEqual(["quick"]);
  });

  test("messages that a parallel request has taken are not restored", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(flash("slow"), take);
    expect(await messages()).toEqual(["slow"]);
  });

  test("messages that two parallel requests have taken are removed", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(take, take);
    expect(await messages()).toEqual([]);
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"] });
  });

  test("parallel requests that flash messages keep their other changes", async () => {
    await slowAndQuick(
      (session) => [session.flash("slow"), session.set("n", 1)],
      (session) => [session.flash("quick"), session.set("list", [])],
    );
    expect(await look(visitor)).toEqual({ n: 1, list: [] });
  });

  test("a message that was taken and flashed again is kept when a parallel request takes the old one", async () => {
    await visitor.visit(flash("Saved"));
    await slowAndQuick((session) => [session.flashes(), session.flash("Saved")], take);
    expect(await messages()).toEqual(["Saved"]);
  });

  describe("flashed messages in a session without other data", () => {
    beforeEach(async () => {
      visitor = fixture.makeVisitor();
      await visitor.visit(flash("before"));
    });

    test("a session without other data is destroyed when its messages are taken", async () => {
      const id = await idOf(visitor);
      expect(await messages()).toEqual(["before"]);
      expect([visitor.token, await fixture.found(id)]).toEqual([undefined, "destroyed"]);
    });

    test("a message that a parallel request flashes is kept when the only others are taken", async () => {
      await slowAndQuick(take, flash("quick"));
      expect(await messages()).toEqual(["quick"]);
    });

    test("two parallel requests that take the only messages are no conflict", async () => {
      expect(kindOf((await slowAndQuick(take, take)).setCookie)).toBe("delete");
    });
  });
});

describe("parallel visitors", () => {
  test("parallel visitors without a cookie get a session each", async () => {
    const visitors = [1, 2, 3].map(
      () => new Visitor(fixture.makeInterface(), new CookieJar(fixture.clock.now)),
    );
    await Promise.all(visitors.map((one) => one.visit((session) => session.increment("n"))));
    const tokens = new Set(visitors.map((one) => cookiesOf(one).cookies[0]));
    expect(tokens.size).toBe(3);
    expect(await Promise.all(visitors.map(look))).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  });
});
