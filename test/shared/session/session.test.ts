import { format, inspect } from "node:util";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { OpenedSession } from "../../../shared/session/opened-session.ts";
import { Session } from "../../../shared/session/session.ts";
import { outcomeOf } from "../../../shared/session/session-outcome.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";

const ADA = { id: "1", name: "Ada" };
const BOB = { id: "2", name: "Bob" };

let clock: Clock;

beforeEach(() => {
  clock = new Clock();
});

/** Opens a session as a session interface does; data that is given came with a cookie. */
function open(values?: Record<string, unknown>, found: Partial<OpenedSession> = {}): Session {
  return new Session({
    open: () => ({ values: values ?? {}, isNew: values === undefined, ...found }),
    json: new TaggedJSON(),
    nowSeconds: () => clock.seconds,
    settings: { permanent: false },
  });
}

/** Returns the data that a session interface saves after a change. */
function savedValues(session: Session): Record<string, unknown> {
  const outcome = outcomeOf(session);
  return "values" in outcome ? outcome.values : expect.unreachable(`nothing is saved: ${outcome.status}`);
}

describe("a session as a Map", () => {
  test("get, has, set, delete, keys and size work as those of a Map", () => {
    const session = open({ a: 1 });
    expect(session.set("b", null)).toBe(session);
    expect([session.get("a"), session.get("b"), session.get("c")]).toEqual([1, null, undefined]);
    expect([session.has("a"), session.has("b"), session.has("c")]).toEqual([true, true, false]);
    expect([session.delete("a"), session.delete("a")]).toEqual([true, false]);
    expect([session.keys(), session.size]).toEqual([["b"], 1]);
  });

  test("keys and entries of a session are in the order in which they were first set", () => {
    const session = open({ first: 1 }).set("second", 2).set("first", 3);
    expect(session.keys()).toEqual(["first", "second"]);
    expect(session.entries()).toEqual([
      ["first", 3],
      ["second", 2],
    ]);
  });

  test("the JSON of a session is its data, without the user, the flashed messages and other reserved keys", () => {
    const session = open({ a: { b: [1] } });
    session.signIn(ADA);
    session.flash("Hello");
    session.permanent = true;
    expect(JSON.parse(JSON.stringify(session))).toEqual({ a: { b: [1] } });
    expect([session.size, session.keys()]).toEqual([1, ["a"]]);
  });

  test("clear removes the data, the user, the flashed messages and the mark of a permanent session", () => {
    const session = open({ a: 1 });
    session.signIn(ADA);
    session.flash("Hello");
    session.permanent = true;
    session.clear();
    expect([session.size, session.user, session.flashes(), session.permanent]).toEqual([
      0,
      undefined,
      [],
      false,
    ]);
    expect([session.modified, outcomeOf(session).status]).toEqual([true, "destroyed"]);
  });

  test.each<[string, (session: Session) => unknown]>([
    ["util.inspect", (session) => inspect(session, { depth: null, showHidden: true })],
    ["console.log", (session) => format(session)],
    ["console.log inside an object", (session) => format("%o", { session })],
    ["a string template of its entries", (session) => JSON.stringify([...session])],
    ["JSON.stringify", (session) => JSON.stringify({ session })],
  ])("a session shows its data and nothing of its token, keys or settings to %s", (_, show) => {
    const secrets = { id: "id-of-a-session", settings: "a setting", token: "token-of-a-session" };
    const session = open({ cart: ["apple"] }, secrets as Partial<OpenedSession>);
    const shown = String(show(session));
    expect(shown).toContain("apple");
    expect(shown).not.toMatch(/id-of-a-session|a setting|token-of-a-session|nowSeconds|TaggedJSON/);
  });

  test("a session that is spread into an object adds nothing to it", () => {
    expect({ ...open({ cart: ["apple"] }, { id: "id-of-a-session" }) }).toEqual({});
  });

  test("messages that middleware keeps in `session.flash`, as connect-flash does, reach no other visitor", () => {
    const [one, other] = [open({}), open({})];
    // Code that is not strict goes on where a property cannot be set.
    Reflect.set(one.flash, "info", ["Welcome back, Ada"]);
    expect(Object.keys(other.flash)).toEqual([]);
  });

  test("every member of a session is meant for handlers", () => {
    const members = Object.getOwnPropertyNames(Session.prototype).filter((name) => name !== "constructor");
    expect(members.sort()).toEqual(
      [
        ...[
          "get",
          "has",
          "set",
          "delete",
          "clear",
          "keys",
          "entries",
          "size",
          "toJSON",
          "lifetime",
          "update",
          "increment",
        ],
        ...["modified", "accessed", "isNew", "id", "refusal", "createdAt", "expiresAt", "storedBytes"],
        ...[
          "permanent",
          "flash",
          "flashes",
          "user",
          "signIn",
          "signOut",
          "renew",
          "authentication",
          "authenticatedAt",
        ],
      ].sort(),
    );
  });

  const hostile = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "then",
    "",
  ];

  test.each(hostile)("a session handles %j as a key like any other", (name) => {
    const session = open();
    expect([session.get(name), session.has(name), session.delete(name)]).toEqual([undefined, false, false]);
    session.set(name, { polluted: true });
    expect(session.get(name)).toEqual({ polluted: true });
    expect(session.has(name)).toBe(true);
    expect(session.keys()).toEqual([name]);
    expect(Object.keys(session.toJSON())).toEqual([name]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect([session.delete(name), session.has(name)]).toEqual([true, false]);
    expect(outcomeOf(session)).toEqual({ status: "read" });
  });

  test.each(hostile)("a session saves %j as a key like any other", (name) => {
    const values = savedValues(open().set(name, { polluted: true }));
    expect(Object.keys(values)).toContain(name);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });

  test.each(hostile)("a session reads %j from a cookie as a key like any other", (name) => {
    const session = open(JSON.parse(`{${JSON.stringify(name)}:{"polluted":true}}`));
    expect([session.get(name), session.keys()]).toEqual([{ polluted: true }, [name]]);
    session.get(name).polluted = false;
    expect(session.modified).toBe(true);
  });

  test("the key _sid is data of a session that does not store its id there", () => {
    const session = open({ _sid: "somebody's" });
    expect([session.get("_sid"), session.keys()]).toEqual(["somebody's", ["_sid"]]);
    session.delete("_sid");
    expect(outcomeOf(session).status).toBe("emptied");
  });

  test.each<[key: string, remedy: string]>([
    ["_permanent", "use session.permanent"],
    ["_flashes", "use session.flashes"],
    ["_user", "use session.user"],
    ["_created", "use session.createdAt"],
    ["_lifetime", "use session.lifetime"],
    ["_auth", "use session.authentication"],
  ])(
    "the reserved key %s is hidden, and setting or deleting it throws an error with the remedy",
    (key, remedy) => {
      const session = open({ [key]: "something" });
      expect([session.get(key), session.has(key), session.keys(), session.toJSON()]).toEqual([
        undefined,
        false,
        [],
        {},
      ]);
      for (const use of [() => session.set(key, 1), () => session.delete(key)])
        expect(use).toThrow(
          expect.objectContaining({ name: "TypeError", message: expect.stringContaining(remedy) }),
        );
      expect(session.modified).toBe(false);
    },
  );

  test("a key that begins with an underscore and is not reserved can be set", () => {
    expect(open().set("_id", 1).get("_id")).toBe(1);
  });

  test.each<[unknown, path: string]>([
    [undefined, "cart"],
    [() => {}, "cart"],
    [Number.NaN, "cart"],
    [{ items: [1, new Map()] }, "cart.items[1]"],
  ])("set throws for a value that cannot be stored, and the session stays unchanged: %o", (value, path) => {
    const session = open({ cart: "old" });
    expect(() => session.set("cart", value)).toThrow(
      expect.objectContaining({ name: "UnstorableValueError", path }),
    );
    expect([session.get("cart"), session.modified]).toEqual(["old", false]);
  });

  test("a session is opened once, at its first use", () => {
    const find = vi.fn((): OpenedSession => ({ values: { a: 1 }, isNew: false }));
    const session = new Session({
      open: find,
      json: new TaggedJSON(),
      nowSeconds: () => 0,
      settings: { permanent: false },
    });
    expect([session.accessed, session.modified, find.mock.calls.length]).toEqual([false, false, 0]);
    session.get("a");
    session.set("b", session.size);
    expect([session.accessed, find.mock.calls.length]).toEqual([true, 1]);
  });
});

describe("changes that depend on the current value", () => {
  test("update stores the result of the change and returns it", async () => {
    const session = open({ list: [1] });
    expect(await session.update("list", (list) => [...list, 2])).toEqual([1, 2]);
    expect(await session.update("new", (value) => value ?? "begun")).toBe("begun");
    expect(session.toJSON()).toEqual({ list: [1, 2], new: "begun" });
  });

  test("increment starts at 0 and adds 1 by default", async () => {
    const session = open({ visits: 41 });
    expect([await session.increment("visits"), await session.increment("new")]).toEqual([42, 1]);
    expect([await session.increment("visits", 8), await session.increment("visits", -50)]).toEqual([50, 0]);
  });

  test("parallel updates and increments of one request are all kept", async () => {
    const session = open();
    const many = Array.from({ length: 20 }, () => session.increment("visits"));
    const pushed = ["a", "b", "c"].map((name) => session.update("names", (names = []) => [...names, name]));
    await Promise.all([...many, ...pushed]);
    expect(session.toJSON()).toEqual({ visits: 20, names: ["a", "b", "c"] });
  });

  test("update and increment reject an invalid change, and the session stays unchanged", async () => {
    const session = open({ name: "Ada" });
    await expect(session.increment("name")).rejects.toThrow("session value at name is not a number");
    await expect(session.increment("_user")).rejects.toThrow("reserved");
    await expect(session.update("name", () => undefined)).rejects.toThrow(
      "session value at name cannot be stored",
    );
    const failing = session.update("name", () => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect([session.get("name"), session.modified]).toEqual(["Ada", false]);
  });
});

describe("a change inside a value", () => {
  const values = () => ({
    list: [1, [2, { deep: true }]],
    dictionary: { a: 1, inner: { b: 2 } },
    date: new Date(0),
    bytes: Uint8Array.of(1, 2),
    tuple: Tuple.of<unknown>("a", ["b"]),
  });

  function replaceKey(dictionary: Record<string, unknown>, from: string, to: string): void {
    const value = dictionary[from];
    delete dictionary[from];
    dictionary[to] = value;
  }

  // biome-ignore lint/suspicious/noExplicitAny: each row knows its value
  type Change = [what: string, key: string, change: (value: any) => unknown];

  test.each<Change>([
    ["an item is added", "list", (list) => list.push(3)],
    ["an item is removed", "list", (list) => list.pop()],
    ["the order changes", "list", (list) => list.reverse()],
    ["a number becomes a string", "list", (list) => list.splice(0, 1, "1")],
    ["a deep value changes", "list", (list) => Object.assign(list[1][1], { deep: false })],
    ["a key is added", "dictionary", (dictionary) => Object.assign(dictionary, { c: null })],
    ["a key is removed", "dictionary", (dictionary) => delete dictionary.inner],
    ["a key gets another name", "dictionary", (dictionary) => replaceKey(dictionary, "a", "c")],
    ["the keys change their order", "dictionary", (dictionary) => replaceKey(dictionary, "a", "a")],
    ["a value becomes null", "dictionary", (dictionary) => Object.assign(dictionary, { a: null })],
    ["an object becomes an array", "dictionary", (dictionary) => Object.assign(dictionary, { inner: [2] })],
    ["a date moves", "date", (date) => date.setUTCMilliseconds(1)],
    ["a byte changes", "bytes", (bytes) => bytes.fill(9, 1)],
    ["an array in a tuple changes", "tuple", (tuple) => tuple[1].push("c")],
    ["a function is added, which cannot be stored", "list", (list) => list.push(() => {})],
  ])("a session is modified when, inside a value, %s", (_what, key, change) => {
    const session = open(values());
    change(session.get(key));
    expect(session.modified).toBe(true);
  });

  test.each<Change>([
    ["nothing was done", "list", () => {}],
    ["an item was added and removed", "list", (list) => [list.push(3), list.pop()]],
    [
      "a value was replaced by its equal",
      "dictionary",
      (dictionary) => Object.assign(dictionary, { inner: { b: 2 } }),
    ],
    ["a date was changed and changed back", "date", (date) => [date.setTime(5), date.setTime(0)]],
    ["a byte was set to its own value", "bytes", (bytes) => bytes.set([2], 1)],
    ["a tuple was only read", "tuple", (tuple) => JSON.stringify([...tuple])],
  ])("a session is not modified when, inside a value, %s", (_what, key, change) => {
    const session = open(values());
    change(session.get(key));
    expect(session.modified).toBe(false);
  });

  test("a session is modified when a value that entries or toJSON returned is changed inside", () => {
    const [first, second] = [open(values()), open(values())];
    for (const [key, value] of first.entries()) if (key === "list") value.push(3);
    second.toJSON().list.push(3);
    expect([first.modified, second.modified]).toEqual([true, true]);
  });

  test("a change inside a value after it was set is saved", () => {
    const session = open();
    const list = [1];
    session.set("list", list);
    list.push(2);
    expect(savedValues(session)).toMatchObject({ list: [1, 2] });
  });

  test("a change inside a value whose key was deleted does not restore the key", () => {
    const session = open(values());
    const list = session.get("list");
    session.delete("list");
    list.push(3);
    expect(session.has("list")).toBe(false);
    expect(session.modified).toBe(true);
  });

  test("modified notices a change inside a value that was made after modified was read", () => {
    const session = open(values());
    const list = session.get("list");
    expect(session.modified).toBe(false);
    list.push(3);
    expect(session.modified).toBe(true);
  });
});

describe("flashed messages", () => {
  test("flashed messages are stored in Flask's form", () => {
    const session = open();
    session.flash("Saved");
    session.flash("Careful", "warning");
    expect(savedValues(session)).toMatchObject({
      _flashes: [Tuple.of("message", "Saved"), Tuple.of("warning", "Careful")],
    });
  });

  test("flashes returns the same messages again within one request, and removes them from the session", () => {
    const session = open({ _flashes: [Tuple.of("message", "Saved")] });
    const saved = [{ category: "message", message: "Saved" }];
    expect([session.flashes(), session.flashes()]).toEqual([saved, saved]);
    expect(session.modified).toBe(true);
    expect(outcomeOf(session)).toMatchObject({ status: "emptied", tookFlashes: true });
  });

  test("flashes with categories returns those categories, and removes the other messages too", () => {
    const session = open();
    session.flash("a", "error");
    session.flash("b");
    session.flash("c", "info");
    expect(session.flashes({ categories: ["info", "error"] })).toEqual([
      { category: "error", message: "a" },
      { category: "info", message: "c" },
    ]);
    expect(session.flashes({ categories: [] })).toEqual([]);
    expect(session.flashes()).toHaveLength(3);
    expect(outcomeOf(session).status).toBe("read");
  });

  test("a message that is flashed after the messages were taken is kept for the next request", () => {
    const session = open({ _flashes: [Tuple.of("message", "first")] });
    session.flashes();
    session.flash("second");
    expect(session.flashes()).toEqual([{ category: "message", message: "first" }]);
    expect(savedValues(session)).toMatchObject({ _flashes: [Tuple.of("message", "second")] });
  });

  test("a flashed message may be Markup", () => {
    const session = open();
    session.flash(new Markup("<b>Saved</b>"));
    expect(session.flashes()).toEqual([{ category: "message", message: new Markup("<b>Saved</b>") }]);
  });

  test("flashes returns an empty array and leaves the session unmodified when no message was flashed", () => {
    const session = open({ a: 1 });
    expect([session.flashes(), session.modified]).toEqual([[], false]);
  });

  test.each<[unknown]>([["text"], [{ a: 1 }], [["no tuple", 5, null]], [[["alone"]]], [null]])(
    "flashes ignores stored messages that are not in Flask's form: %j",
    (stored) => {
      expect(open({ _flashes: stored }).flashes()).toEqual([]);
    },
  );

  test("flash replaces stored messages that are not in Flask's form", () => {
    const session = open({ _flashes: "text" });
    session.flash("Saved");
    expect(session.flashes()).toEqual([{ category: "message", message: "Saved" }]);
  });
});

describe("a user", () => {
  test("signIn keeps the data and begins the absolute lifetime", () => {
    const session = open({ a: 1, _created: clock.seconds - 1000 });
    session.signIn(ADA);
    expect([session.user, session.toJSON(), session.createdAt]).toEqual([
      ADA,
      { a: 1 },
      new Date(clock.now()),
    ]);
  });

  test("signIn of the same user keeps the data", () => {
    const session = open({ a: 1, _user: ADA });
    session.signIn({ ...ADA, name: "Ada Lovelace" });
    expect([session.user?.name, session.toJSON()]).toEqual(["Ada Lovelace", { a: 1 }]);
  });

  test("signIn of another user removes all data of the previous user", () => {
    const session = open({ a: 1, _user: ADA, _flashes: [Tuple.of("message", "Hi Ada")], _permanent: true });
    session.signIn(BOB);
    expect([session.user, session.toJSON(), session.flashes(), session.permanent]).toEqual([
      BOB,
      {},
      [],
      false,
    ]);
  });

  test("signOut removes the user and the data", () => {
    const session = open({ a: 1, _user: ADA });
    session.signOut();
    expect([session.user, session.modified]).toEqual([undefined, true]);
    expect(outcomeOf(session).status).toBe("destroyed");
  });

  test("a user is stored with id and name only, and cannot be changed in place", () => {
    const session = open();
    session.signIn({ ...ADA, role: "admin" } as typeof ADA);
    expect(savedValues(session)).toMatchObject({ _user: ADA });
    expect(session.user).toStrictEqual(ADA);
    expect(() => Object.assign(session.user ?? {}, { id: "2" })).toThrow(TypeError);
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    ["Ada"],
    [{ id: "1" }],
    [{ name: "Ada" }],
    [{ id: "", name: "Ada" }],
    [{ id: "1", name: "" }],
    [{ id: 1, name: "Ada" }],
  ])("signIn throws for a user without a valid id and name: %j", (user) => {
    const session = open({ a: 1 });
    expect(() => session.signIn(user as typeof ADA)).toThrow(/signIn: user must be \{ id, name \}/);
    expect([session.user, session.modified]).toEqual([undefined, false]);
  });

  test.each<[unknown]>([["Ada"], [{ id: 1, name: "Ada" }], [null], [[]]])(
    "user is undefined when the stored user is invalid: %j",
    (stored) => {
      expect(open({ _user: stored }).user).toBeUndefined();
    },
  );
});

describe("the age of a session", () => {
  const stored = { lastSeenAt: 2000, expiresAt: 3000, bytes: 123 };

  test("a new session has no createdAt, no expiresAt and no stored bytes", () => {
    const { isNew, createdAt, expiresAt, storedBytes } = open();
    expect({ isNew, createdAt, expiresAt, storedBytes }).toEqual({ isNew: true, storedBytes: 0 });
  });

  test("a session from a cookie has createdAt, expiresAt and its stored bytes", () => {
    const { isNew, createdAt, expiresAt, storedBytes } = open({ a: 1, _created: 1000 }, stored);
    expect({ isNew, createdAt, expiresAt, storedBytes }).toEqual({
      ...{ isNew: false, createdAt: new Date(1_000_000), expiresAt: new Date(3_000_000) },
      ...{ storedBytes: 123 },
    });
  });

  test("a session that Flask created is as old as its signature, and keeps that createdAt", () => {
    const session = open({ a: 1 }, stored);
    expect(session.createdAt).toEqual(new Date(2_000_000));
    expect(savedValues(session.set("b", 2))).toMatchObject({ _created: 2000 });
  });

  test("a session that was cleared and filled again is a new one without createdAt", () => {
    const session = open({ a: 1, _created: 1000 }, stored);
    session.clear();
    session.set("b", 1);
    expect([session.createdAt, session.expiresAt, session.storedBytes]).toEqual([undefined, undefined, 0]);
    expect(savedValues(session)).toEqual({ b: 1, _created: clock.seconds });
  });
});

describe("a permanent session", () => {
  function permanentByDefault(): Session {
    const find = (): OpenedSession => ({ values: {}, isNew: true });
    return new Session({
      open: find,
      json: new TaggedJSON(),
      nowSeconds: () => 0,
      settings: { permanent: true },
    });
  }

  test("a session is permanent when it was set so, or by default when the settings say so", () => {
    const byDefault = permanentByDefault();
    expect([open().permanent, open({ _permanent: true }).permanent, byDefault.permanent]).toEqual([
      false,
      true,
      true,
    ]);
    byDefault.permanent = false;
    expect([byDefault.permanent, byDefault.modified]).toEqual([false, true]);
  });

  test("a session that is permanent is saved with _permanent for Flask", () => {
    expect(savedValues(open({ a: 1 }).set("b", 2))).not.toHaveProperty("_permanent");
    expect(savedValues(Object.assign(open({ a: 1 }), { permanent: true }))).toMatchObject({
      _permanent: true,
    });
    expect(savedValues(permanentByDefault().set("b", 2))).toMatchObject({ _permanent: true });
  });

  test("a session with only metadata has the outcome emptied, one with an empty array of messages does not", () => {
    const outcomes = [open({ _permanent: true, _created: 1 }), open({ _flashes: [] })].map((session) => {
      session.renew();
      return outcomeOf(session).status;
    });
    expect(outcomes).toEqual(["emptied", "changed"]);
  });
});

describe("renewing", () => {
  test("renew marks a session as modified and keeps its data", () => {
    const session = open({ a: 1 });
    session.renew();
    expect([session.modified, session.accessed, session.toJSON()]).toEqual([true, true, { a: 1 }]);
  });
});

/** Proves the types when it is compiled; it is never called. */
export function typesOfSession(session: Session<{ cart: string[]; visits: number; name?: string }>): void {
  const cart: string[] | undefined = session.get("cart");
  const name: string | undefined = session.get("name");
  session.set("name", name ?? "").set("cart", cart ?? []);
  // @ts-expect-error there is no such key
  session.get("car");
  // @ts-expect-error the value has another type
  session.set("visits", "1");
  // @ts-expect-error a key is removed with delete
  session.set("name", undefined);
  // @ts-expect-error an array cannot be incremented
  void session.increment("cart");
  void session.update("cart", (list = []) => [...list, "a"]);
}

describe("the outcome of a request", () => {
  test.each<[string, (session: Session) => unknown, object]>([
    ["the outcome is unused when the session was not used", () => {}, { status: "unused" }],
    ["the outcome is read when a value was read", (session) => session.get("a"), { status: "read" }],
    [
      "the outcome is read when an array was read and not changed",
      (session) => session.get("list"),
      { status: "read" },
    ],
    [
      "the outcome names the keys that were set, deleted and changed inside",
      (session) => [session.set("a", 2), session.delete("b"), session.get("list").push(3)],
      { status: "changed", changedKeys: new Set(["a", "b", "list"]), cleared: false, renewed: false },
    ],
    [
      "the outcome is changed when only the token is renewed",
      (session) => session.renew(),
      { status: "changed", renewed: true },
    ],
    [
      "the outcome says who signed in",
      (session) => session.signIn(ADA),
      { status: "changed", signedIn: true, renewed: true, cleared: false, user: ADA },
    ],
    [
      "the outcome is destroyed when the session was cleared",
      (session) => session.clear(),
      { status: "destroyed", cleared: true, user: undefined },
    ],
    [
      "the outcome is changed when data was set after the session was cleared",
      (session) => [session.clear(), session.set("c", 1)],
      { status: "changed", cleared: true },
    ],
    [
      "the outcome is emptied when the last data was deleted",
      (session) => [session.delete("a"), session.delete("b"), session.delete("list")],
      { status: "emptied", cleared: false },
    ],
  ])("%s", (_, use, outcome) => {
    const session = open({ a: 1, b: 1, list: [1, 2] });
    use(session);
    expect(outcomeOf(session)).toMatchObject(outcome);
  });

  test("the outcome has signedIn false when the user signed in with an earlier request", () => {
    const session = open({ a: 1, _user: ADA });
    session.set("a", 2);
    expect(outcomeOf(session)).toMatchObject({ user: ADA, signedIn: false });
  });

  test("a change after outcomeOf throws, because the session is closed", () => {
    const session = open({ a: 1 });
    outcomeOf(session);
    expect(() => session.set("a", 2)).toThrow(/saved before this change: await every change/);
    expect(session.get("a")).toBe(1);
  });
});
