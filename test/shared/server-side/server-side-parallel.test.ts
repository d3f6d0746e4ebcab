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

/** A slow request, during which a quick one of the same browser begins and ends. */
function slowAndQuick(slow: Use, quick: Use) {
  return visitor.visit(async (session) => {
    await slow(session);
    await visitor.visit(quick);
  });
}

describe("parallel requests", () => {
  test("that change different keys both keep their change", async () => {
    await slowAndQuick(
      (session) => session.set("a", 1),
      (session) => session.set("b", 2),
    );
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"], a: 1, b: 2 });
  });

  test("that delete different keys both delete theirs", async () => {
    await visitor.visit((session) => session.set("a", 1));
    await slowAndQuick(
      (session) => session.delete("list"),
      (session) => session.delete("n"),
    );
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test("do not bring back what the other one deleted", async () => {
    await slowAndQuick(
      (session) => session.set("a", 1),
      (session) => session.delete("list"),
    );
    expect(await look(visitor)).toEqual({ n: 0, a: 1 });
  });

  test("that set the same key keep what was saved last", async () => {
    await slowAndQuick(
      (session) => session.set("n", "slow"),
      (session) => session.set("n", "quick"),
    );
    expect(await look(visitor)).toMatchObject({ n: "slow" });
  });

  test("of which one only reads change nothing back", async () => {
    await slowAndQuick(
      (session) => [session.get("n"), session.get("list")],
      (session) => [session.set("n", 1), session.get("list").push("second")],
    );
    expect(await look(visitor)).toEqual({ n: 1, list: ["first", "second"] });
  });

  test("save the change inside a value that another key's change passes", async () => {
    await slowAndQuick(
      (session) => session.get("list").push("slow"),
      (session) => session.increment("n"),
    );
    expect(await look(visitor)).toEqual({ n: 1, list: ["first", "slow"] });
  });

  test("may be a hundred, each with a key of its own", async () => {
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    await Promise.all(
      numbers.map((number) => visitor.visit((session) => session.set(`key ${number}`, number))),
    );
    const keys = numbers.map((number) => [`key ${number}`, number]);
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"], ...Object.fromEntries(keys) });
  });
});

describe("increment", () => {
  test("counts a hundred parallel requests as a hundred, and gives each another sum", async () => {
    const visits = Array.from({ length: 100 }, () => visitor.visit((session) => session.increment("n")));
    const sums = (await Promise.all(visits)).map(({ result }) => result);
    expect(sums.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await look(visitor)).toMatchObject({ n: 100 });
  });

  test("adds to what is there by now, whatever the request read before", async () => {
    const { result } = await visitor.visit(async (session) => {
      const read = session.get("n");
      await visitor.visit((other) => other.increment("n", 10));
      return [read, await session.increment("n"), session.get("n")];
    });
    expect(result).toEqual([0, 11, 11]);
  });

  test("is stored at once, and stays when the handler fails", async () => {
    const failing = visitor.visit(async (session) => {
      session.set("list", "lost");
      await session.increment("n");
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    expect(await look(visitor)).toEqual({ n: 1, list: ["first"] });
  });

  test("is not stored again with the session, over what others added since", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n");
      await visitor.visit((other) => other.increment("n"));
      session.set("a", 1);
    });
    expect(await look(visitor)).toMatchObject({ n: 2, a: 1 });
  });

  test("begins with 0 where there is none, for two requests at a time too", async () => {
    await slowAndQuick(
      (session) => session.increment("fresh"),
      (session) => session.increment("fresh"),
    );
    expect(await look(visitor)).toMatchObject({ fresh: 2 });
  });

  test.each<[string, number, by: number, sum: number]>([
    ["a fraction", 0, 0.5, 0.5],
    ["nothing", 3, 0, 3],
    ["less than nothing", 3, -5, -2],
    ["what is too small for the store to add", 1, 1e-9, 1 + 1e-9],
    ["what is too large for the store to add", 1, 1e300, 1e300],
    ["-0", 3, -0, 3],
    ["to a number that the store keeps as text", 1e300, 1, 1e300],
  ])("adds %s", async (_what, before, by, sum) => {
    await visitor.visit((session) => session.set("n", before));
    expect((await visitor.visit((session) => session.increment("n", by))).result).toBe(sum);
    expect(await look(visitor)).toMatchObject({ n: sum });
  });

  test.each<[string, unknown]>([
    ["a text", "1"],
    ["a list", [1]],
    ["an integer past 2^53", 2n ** 60n],
    ["null", null],
  ])("is a TypeError for %s, which stays", async (_what, value) => {
    await visitor.visit((session) => session.set("n", value));
    const counting = visitor.visit((session) => session.increment("n"));
    await expect(counting).rejects.toThrow(new TypeError("session value at n is not a number"));
    expect(await look(visitor)).toMatchObject({ n: value });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses to add %s, and stores nothing", async (by) => {
    const counting = visitor.visit((session) => session.increment("n", by));
    await expect(counting).rejects.toMatchObject({ name: "UnstorableValueError" });
    expect(await look(visitor)).toMatchObject({ n: 0 });
  });

  test("adds to what the request itself has set, and that is saved with the rest", async () => {
    const sums = await visitor.visit(async (session) => {
      session.set("n", 40);
      await visitor.visit((other) => other.increment("n"));
      return [await session.increment("n"), await session.increment("n")];
    });
    expect(sums.result).toEqual([41, 42]);
    expect(await look(visitor)).toMatchObject({ n: 42 });
  });

  test("starts from 0 where the request itself has deleted the number", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n", 5);
      session.delete("n");
      await session.increment("n");
    });
    expect(await look(visitor)).toMatchObject({ n: 1 });
  });

  test("counts twice within one request, one after the other and at once", async () => {
    await visitor.visit(async (session) => {
      await session.increment("n");
      await Promise.all([session.increment("n"), session.increment("n")]);
    });
    expect(await look(visitor)).toMatchObject({ n: 3 });
  });

  test("refuses reserved keys", async () => {
    const counting = visitor.visit((session) => session.increment("_created"));
    await expect(counting).rejects.toThrow(TypeError);
  });
});

describe("update", () => {
  test("is done again with what a quicker request has stored meanwhile", async () => {
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

  test("is done again for each request that was quicker", async () => {
    const quick = (session: Session) => session.update("list", (list) => [...list, "quick"]);
    fixture.steered.before("change", () => visitor.visit(quick));
    fixture.steered.before("change", () => {});
    fixture.steered.before("change", () => visitor.visit(quick));
    await visitor.visit((session) => session.update("list", (list) => [...list, "slow"]));
    expect(await look(visitor)).toMatchObject({ list: ["first", "quick", "quick", "slow"] });
  });

  test("is done again when the key was deleted or begun meanwhile", async () => {
    for (const meanwhile of [
      (session: Session) => session.delete("list"),
      (session: Session) => session.set("list", "begun"),
    ] as Use[]) {
      fixture.steered.before("change", () => visitor.visit(meanwhile));
      await visitor.visit((session) => session.update("list", (list) => `after ${list}`));
    }
    expect(await look(visitor)).toMatchObject({ list: "after begun" });
  });

  test("is not done again for a change of another key", async () => {
    let times = 0;
    fixture.steered.before("change", () => visitor.visit((other) => other.set("other", 1)));
    await visitor.visit((session) => session.update("n", () => ++times));
    expect(await look(visitor)).toMatchObject({ n: 1, other: 1 });
  });

  test("loses none of twenty parallel requests", async () => {
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    const append = (number: number) =>
      visitor.visit((session) => session.update("list", (list) => [...list, number]));
    await Promise.all(numbers.map(append));
    const { list } = (await look(visitor)) as { list: unknown[] };
    expect(list[0]).toBe("first");
    expect(new Set(list.slice(1))).toEqual(new Set(numbers));
    expect(list).toHaveLength(21);
  });

  test("is stored at once, and stays when the handler fails", async () => {
    const failing = visitor.visit(async (session) => {
      await session.update("n", () => "stored");
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    expect(await look(visitor)).toMatchObject({ n: "stored" });
  });

  test("stores nothing when the change throws, or gives what cannot be stored", async () => {
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

  test("gives a value whose changes inside are saved, and only they", async () => {
    const { result } = await visitor.visit(async (session) => {
      const list = await session.update("list", (before) => [...before, "second"]);
      list.push("third");
      return [session.modified, session.get("list") === list];
    });
    expect(result).toEqual([true, true]);
    expect(await look(visitor)).toMatchObject({ list: ["first", "second", "third"] });
  });

  test("makes the session a modified one", async () => {
    const { result } = await visitor.visit(async (session) => {
      await session.update("n", (n) => n);
      return session.modified;
    });
    expect(result).toBe(true);
  });

  test("in a session that begins is saved with it", async () => {
    const other = fixture.makeVisitor();
    await other.visit((session) => session.update("n", (n = 1) => n + 1));
    expect(await look(other)).toEqual({ n: 2 });
  });
});

describe("a session that a request empties", () => {
  beforeEach(async () => {
    visitor = fixture.makeVisitor();
    await visitor.visit((session) => session.set("a", 1));
  });

  const empty: Use = (session) => session.delete("a");

  test("ends, and its cookie goes", async () => {
    const id = await idOf(visitor);
    const { setCookie } = await visitor.visit(empty);
    expect([kindOf(setCookie), await fixture.found(id)]).toEqual(["delete", "destroyed"]);
    expect(fixture.events).toEqual(["session_destroyed"]);
  });

  test("stays when a parallel request has added a key, and so does its cookie", async () => {
    const { result } = await visitor.visit(async (session) => {
      session.delete("a");
      return (await visitor.visit((other) => other.set("b", 2))).setCookie;
    });
    expect(result).toBeUndefined();
    expect(await look(visitor)).toEqual({ b: 2 });
    expect(fixture.events).toEqual([]);
  });

  test("stays when that happens while it is to be ended", async () => {
    fixture.steered.before("end", () => visitor.visit((other) => other.increment("b")));
    const { setCookie } = await visitor.visit(empty);
    expect(kindOf(setCookie)).toBe("none");
    expect(await look(visitor)).toEqual({ b: 1 });
  });

  test("stays bound to the user who signs in meanwhile, and the change is refused", async () => {
    const slow = slowAndQuick(empty, (session) => session.signIn(ADA));
    await expect(slow).rejects.toMatchObject({ name: "SessionConflictError", reason: "renewed" });
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  test("stays as it is when its rights change meanwhile, and the change is refused", async () => {
    await expect(slowAndQuick(empty, (session) => session.renew())).rejects.toMatchObject({
      reason: "renewed",
    });
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test("is no conflict for a second request that empties it too", async () => {
    const { setCookie } = await slowAndQuick(empty, empty);
    expect(kindOf(setCookie)).toBe("delete");
  });
});

describe("flashes of parallel requests", () => {
  const take: Use = (session) => session.flashes();
  const flash =
    (message: string): Use =>
    (session) =>
      session.flash(message);
  const messages = async () =>
    (await visitor.visit((session) => session.flashes())).result.map(({ message }) => message);

  test("are all kept", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(flash("slow"), flash("quick"));
    expect(await messages()).toEqual(["before", "quick", "slow"]);
  });

  test("are kept when they are flashed at the very moment of saving", async () => {
    fixture.steered.before("change", () => visitor.visit(flash("quick")));
    fixture.steered.before("change", () => {});
    fixture.steered.before("change", () => visitor.visit(flash("quicker")));
    await visitor.visit(flash("slow"));
    expect(await messages()).toEqual(["quick", "quicker", "slow"]);
  });

  test("are kept where others are taken", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(take, flash("quick"));
    expect(await messages()).toEqual(["quick"]);
  });

  test("do not come back once they were taken", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(flash("slow"), take);
    expect(await messages()).toEqual(["slow"]);
  });

  test("are gone when both requests took them", async () => {
    await visitor.visit(flash("before"));
    await slowAndQuick(take, take);
    expect(await messages()).toEqual([]);
    expect(await look(visitor)).toEqual({ n: 0, list: ["first"] });
  });

  test("leave the other changes of their requests alone", async () => {
    await slowAndQuick(
      (session) => [session.flash("slow"), session.set("n", 1)],
      (session) => [session.flash("quick"), session.set("list", [])],
    );
    expect(await look(visitor)).toEqual({ n: 1, list: [] });
  });

  test("are kept when the same message was taken and left again", async () => {
    await visitor.visit(flash("Saved"));
    await slowAndQuick((session) => [session.flashes(), session.flash("Saved")], take);
    expect(await messages()).toEqual(["Saved"]);
  });

  describe("in a session that holds nothing else", () => {
    beforeEach(async () => {
      visitor = fixture.makeVisitor();
      await visitor.visit(flash("before"));
    });

    test("are taken once, and the session ends with them", async () => {
      const id = await idOf(visitor);
      expect(await messages()).toEqual(["before"]);
      expect([visitor.token, await fixture.found(id)]).toEqual([undefined, "destroyed"]);
    });

    test("are kept where others are taken", async () => {
      await slowAndQuick(take, flash("quick"));
      expect(await messages()).toEqual(["quick"]);
    });

    test("are no conflict when both requests take them", async () => {
      expect(kindOf((await slowAndQuick(take, take)).setCookie)).toBe("delete");
    });
  });
});

describe("parallel visitors", () => {
  test("without a cookie get a session each", async () => {
    const visitors = [1, 2, 3].map(
      () => new Visitor(fixture.makeInterface(), new CookieJar(fixture.clock.now)),
    );
    await Promise.all(visitors.map((one) => one.visit((session) => session.increment("n"))));
    const tokens = new Set(visitors.map((one) => cookiesOf(one).cookies[0]));
    expect(tokens.size).toBe(3);
    expect(await Promise.all(visitors.map(look))).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  });
});
