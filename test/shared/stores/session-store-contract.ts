import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { SessionTooLargeError } from "../../../shared/session/session-errors.ts";
import type { EndReason } from "../../../shared/session/session-log.ts";
import type {
  ChangeResult,
  FoundSession,
  SessionChange,
  SessionRecord,
  SessionStore,
  StoredValue,
  UserSession,
} from "../../../shared/stores/session-store.ts";

/** Makes a store; that it holds sessions already does no harm. */
export type MakeStore = () => SessionStore | Promise<SessionStore>;

/** What a test says of a change; the rest is what any change says. */
type Change = Omit<Partial<SessionChange>, "condition"> & Partial<SessionChange["condition"]>;

/** A time that is far ahead, so that a table which deletes what is over leaves these records alone. */
const NOW = 4_000_000_000;
const HOUR = 60 * 60;

const END_REASONS: readonly EndReason[] = ["destroyed", "revoked", "capped"];

const HOSTILE_KEYS: readonly [what: string, key: string][] = [
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
  ["a key of no characters", ""],
  ["a space", " "],
  ["dots", "a.b.c"],
  ["brackets", "a[0]"],
  ["#", "#k0"],
  [":", ":v0"],
  ["quotes and backslashes", "\"'`\\"],
  ["a tilde", "~"],
  ["two tildes", "~~"],
  ["words that databases reserve", "size"],
  ["line ends and NUL", "\r\n\u0000"],
  ["characters beyond ASCII", "ключ-鍵-𝄞"],
  ["half a character", "\ud834"],
  ["the other half", "\udd1e"],
  ["a thousand characters", "key".repeat(333)],
  ["twenty thousand characters", "é".repeat(20_000)],
];

const VALUES: readonly [what: string, value: StoredValue][] = [
  ["a text", '{"a":[1,2]}'],
  ["an empty text", ""],
  ["a text that looks like a number", "1"],
  ["a text of any characters", "ünï ☃ 𝄞 \u0000 \"'\\"],
  ["a text of 100,000 characters", "x".repeat(100_000)],
  ["zero", 0],
  ["a negative fraction", -1.5],
  ["a fraction of many digits", 0.1 + 0.2],
  ["a small number", 1e-7],
  ["the largest safe integer", Number.MAX_SAFE_INTEGER],
  ["the smallest safe integer", Number.MIN_SAFE_INTEGER],
];

/**
 * What every session store promises, whatever it keeps its records in. Call it in a test file of your own:
 *
 * ```ts
 * describeSessionStore("RedisStore", () => new RedisStore({ url: process.env.REDIS_URL }));
 * ```
 */
export function describeSessionStore(name: string, makeStore: MakeStore): void {
  let store: SessionStore;
  let id: string;
  let userKey: string;

  async function begin(values: Readonly<Record<string, StoredValue>> = {}, record: object = {}) {
    await store.begin(id, recordOf(Object.entries(values), record));
    return found();
  }

  /** The record as it is now, which must be there. */
  async function found(): Promise<FoundSession> {
    const { session } = await store.read(id);
    if (typeof session !== "object") throw new Error(`there is no session, but ${session}`);
    return session;
  }

  /** The data as it is now. */
  async function data(): Promise<ReadonlyMap<string, StoredValue>> {
    return (await found()).values;
  }

  async function change(what: Change, known?: FoundSession): Promise<ChangeResult> {
    return store.change(id, changeOf(what), known ?? (await found()));
  }

  describe(`${name}, as every session store,`, () => {
    beforeEach(async () => {
      store = await makeStore();
      id = randomKey(22);
      userKey = randomKey(43);
    });

    describe("keeps a record", () => {
      test("and finds nothing under an id that nobody used", async () => {
        expect(await store.read(id)).toEqual({});
        expect(await store.read(id, userKey)).toEqual({});
      });

      test("as it was given", async () => {
        const record = recordOf([["a", 1]], {
          previous: { tokenHash: randomKey(43), until: NOW + 10, opens: true },
          renewedAt: NOW - 3,
          epoch: 7,
          createdAt: NOW - 2,
          seenAt: NOW - 1,
          userKey,
        });
        await store.begin(id, record);
        expect(plain(await found())).toEqual(record);
      });

      test("without what it has not", async () => {
        const record = recordOf([]);
        await store.begin(id, record);
        const session = await found();
        expect(plain(session)).toEqual(record);
        expect([session.previous, session.userKey]).toEqual([undefined, undefined]);
      });

      test.each(VALUES)("with %s in it", async (_what, value) => {
        await begin({ begun: value });
        expect(await change({ set: new Map([["set", value]]) })).toEqual({ done: true });
        expect(await data()).toEqual(new Map(Object.entries({ begun: value, set: value })));
      });

      test.each(HOSTILE_KEYS)("with keys such as %s", async (_what, key) => {
        const around = { before: "b", after: 1 };
        await store.begin(id, recordOf([[key, "begun"], ...Object.entries(around)]));
        expect(await data()).toEqual(new Map([[key, "begun"], ...Object.entries(around)]));
        expect(await change({ set: new Map([[key, 1]]), values: new Map([[key, "begun"]]) })).toEqual({
          done: true,
        });
        expect(await change({ add: { key, by: 2 } })).toEqual({ done: true, sum: 3 });
        expect((await data()).get(key)).toBe(3);
        expect((await change({ remove: new Set([key]), values: new Map([[key, 3]]) })).done).toBe(true);
        expect(await change({ values: new Map([[key, undefined]]) })).toEqual({ done: true });
        expect(await data()).toEqual(new Map(Object.entries(around)));
      });

      test("with hostile keys side by side", async () => {
        const values = new Map(HOSTILE_KEYS.map(([what, key]) => [key, what]));
        await store.begin(id, recordOf(values));
        expect(await data()).toEqual(values);
        const sizes = new Map(HOSTILE_KEYS.map(([what, key]) => [key, what.length]));
        await change({ set: sizes, values });
        expect(await data()).toEqual(sizes);
      });

      test("apart from others", async () => {
        await begin({ a: 1 });
        const other = randomKey(22);
        await store.begin(other, recordOf([["a", 2]]));
        await change({ set: new Map([["a", 3]]) });
        expect((await store.read(other)).session).toMatchObject({ values: new Map([["a", 2]]) });
      });

      test("once, however often it is begun", async () => {
        const record = recordOf([["a", 1]]);
        await store.begin(id, record);
        await change({ set: new Map([["a", 2]]) });
        await store.begin(id, record);
        expect(await data()).toEqual(new Map([["a", 2]]));
      });

      test("and does not give its id to another", async () => {
        await begin({ a: 1 });
        await expect(store.begin(id, recordOf([["a", 2]]))).rejects.toThrow();
        expect(await data()).toEqual(new Map([["a", 1]]));
      });

      test("and finds it after it has expired", async () => {
        const { expiresAt } = await begin({ a: 1 }, { expiresAt: NOW - HOUR });
        expect(expiresAt).toBe(NOW - HOUR);
      });

      test("and says how large it is", async () => {
        const { bytes } = await begin({ a: "x" });
        await change({ set: new Map([["b", "x".repeat(5000)]]) });
        const larger = (await found()).bytes;
        expect(bytes).toBeGreaterThan(0);
        expect(larger - bytes).toBeGreaterThan(5000);
        expect(larger - bytes).toBeLessThan(5500);
      });

      test("and what was found stays as it was found", async () => {
        const session = await begin({ a: 1 });
        await change({ set: new Map([["a", 2]]), record: { seenAt: NOW + 1 } });
        expect([session.values.get("a"), session.seenAt]).toEqual([1, NOW]);
      });
    });

    describe("reads", () => {
      test("a session together with its user", async () => {
        await begin({ a: 1 }, { userKey });
        await addUserSession(store, userKey, id);
        const { session, user } = await store.read(id, userKey);
        expect(session).toEqual(await found());
        expect(user).toEqual(await store.readUser(userKey));
        expect([...(user?.sessions.keys() ?? [])]).toEqual([id]);
      });

      test("either of them without the other", async () => {
        await begin({ a: 1 });
        expect(await store.read(id, userKey)).toEqual({ session: await found(), user: undefined });
        await addUserSession(store, userKey, id);
        const { session, user } = await store.read(randomKey(22), userKey);
        expect([session, user?.generation]).toEqual([undefined, 1]);
      });

      test("no user when it is not asked for one", async () => {
        await begin({ a: 1 }, { userKey });
        await addUserSession(store, userKey, id);
        expect((await store.read(id)).user).toBeUndefined();
      });

      test.each(END_REASONS)("that a session was %s, beside its user", async (reason) => {
        await begin({ a: 1 }, { userKey });
        await addUserSession(store, userKey, id);
        await store.end(id, { reason, now: NOW });
        const { session, user } = await store.read(id, userKey);
        expect([session, user?.sessions.has(id)]).toEqual([reason, true]);
      });
    });

    describe("changes", () => {
      test("what a change names, and nothing else", async () => {
        const before = await begin({ kept: "k", set: "s", removed: "r" }, { userKey });
        const set = new Map<string, StoredValue>(Object.entries({ set: "t", new: 5 }));
        expect(await change({ set, remove: new Set(["removed", "absent"]) })).toEqual({ done: true });
        const values = new Map<string, StoredValue>(Object.entries({ kept: "k", set: "t", new: 5 }));
        expect(plain(await found())).toEqual({ ...plain(before), values });
      });

      test("what a record says of itself, and nothing else", async () => {
        const before = await begin({ a: 1 });
        const record = {
          tokenHash: randomKey(43),
          previous: { tokenHash: before.tokenHash, until: NOW + 10, opens: false },
          renewedAt: NOW + 1,
          epoch: 1,
          createdAt: NOW + 2,
          seenAt: NOW + 3,
          expiresAt: NOW + 4,
          userKey,
        };
        expect(await change({ record })).toEqual({ done: true });
        expect(plain(await found())).toEqual({ values: before.values, ...record });
      });

      test.each<[what: string, record: Partial<SessionRecord>]>([
        ["the token before", { previous: undefined }],
        ["the user", { userKey: undefined }],
      ])("a record to one without %s, where it is said to be undefined", async (_what, record) => {
        const previous = { tokenHash: randomKey(43), until: NOW + 10, opens: true };
        const before = await begin({ a: 1 }, { previous, userKey });
        await change({ record });
        expect(plain(await found())).toEqual({ ...plain(before), ...record });
      });

      test("data and record in one", async () => {
        await begin({ a: "a" });
        const tokenHash = randomKey(43);
        await change({ set: new Map([["a", "b"]]), record: { tokenHash } });
        const session = await found();
        expect([session.tokenHash, session.values.get("a")]).toEqual([tokenHash, "b"]);
      });

      test("a text to a number, and back", async () => {
        await begin({ a: "1" });
        await change({ set: new Map([["a", 1]]) });
        expect((await data()).get("a")).toBe(1);
        await change({ set: new Map([["a", "1"]]) });
        expect((await data()).get("a")).toBe("1");
      });

      test("different keys in parallel, and loses none", async () => {
        const known = await begin({ removed: 1, touched: 0 });
        const keys = Array.from({ length: 40 }, (_, number) => `key${number}`);
        const results = await Promise.all([
          ...keys.map((key, number) => change({ set: new Map([[key, number]]) }, known)),
          change({ remove: new Set(["removed"]) }, known),
          change({ add: { key: "touched", by: 1 } }, known),
          change({ record: { seenAt: NOW + 1 } }, known),
        ]);
        expect(results.every(({ done }) => done)).toBe(true);
        expect(await data()).toEqual(new Map([["touched", 1], ...keys.map((key, n) => [key, n] as const)]));
        expect((await found()).seenAt).toBe(NOW + 1);
      });

      test("the same key as the last writer says", async () => {
        const known = await begin({ a: "none" });
        for (const value of ["first", "second"])
          expect(await change({ set: new Map([["a", value]]) }, known)).toEqual({ done: true });
        expect((await data()).get("a")).toBe("second");
      });

      test("many keys at once", async () => {
        await begin({ kept: "k" });
        const set = manyValues(300, "set");
        expect(await change({ set })).toEqual({ done: true });
        expect(await data()).toEqual(new Map([["kept", "k"], ...set]));
        expect(await change({ remove: new Set(set.keys()), values: set })).toEqual({ done: true });
        expect(await data()).toEqual(new Map([["kept", "k"]]));
      });

      test("many keys in parallel with others, and loses none", async () => {
        const known = await begin({ count: 0 });
        const one = manyValues(300, "one");
        const other = manyValues(300, "other");
        const results = await Promise.all([
          change({ set: one, add: { key: "count", by: 1 } }, known),
          change({ set: other, add: { key: "count", by: 1 } }, known),
          ...Array.from({ length: 5 }, () => change({ add: { key: "count", by: 1 } }, known)),
        ]);
        expect(results.every(({ done }) => done)).toBe(true);
        expect(new Set(results.map((result) => result.done && result.sum))).toEqual(
          new Set([1, 2, 3, 4, 5, 6, 7]),
        );
        expect(await data()).toEqual(new Map([["count", 7], ...one, ...other]));
      });
    });

    describe("adds", () => {
      test.each<[by: number, to: number | undefined, sum: number]>([
        [1, undefined, 1],
        [-2, undefined, -2],
        [1, 41, 42],
        [-1.5, 1, -0.5],
        [0, 3, 3],
        [1, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
      ])("%d to %s and says that this is %d", async (by, to, sum) => {
        await begin(to === undefined ? {} : { a: to });
        expect(await change({ add: { key: "a", by } })).toEqual({ done: true, sum });
        expect((await data()).get("a")).toBe(sum);
      });

      test("in parallel, each once and each with a sum of its own", async () => {
        const known = await begin();
        const adding = Array.from({ length: 100 }, () => change({ add: { key: "a", by: 1 } }, known));
        const sums = (await Promise.all(adding)).map((result) => (result.done ? result.sum : undefined));
        expect(new Set(sums)).toEqual(new Set(Array.from({ length: 100 }, (_, number) => number + 1)));
        expect(await data()).toEqual(new Map([["a", 100]]));
      });

      test("to what is there now, not to what was found", async () => {
        const known = await begin({ a: 1 });
        await change({ set: new Map([["a", 10]]) });
        expect(await change({ add: { key: "a", by: 1 } }, known)).toEqual({ done: true, sum: 11 });
      });

      test("together with other changes", async () => {
        await begin({ removed: 1 });
        const what = {
          set: new Map([["set", "s"]]),
          remove: new Set(["removed"]),
          record: { seenAt: NOW + 1 },
        };
        expect(await change({ ...what, add: { key: "a", by: 1 } })).toEqual({ done: true, sum: 1 });
        expect(await data()).toEqual(new Map<string, StoredValue>(Object.entries({ set: "s", a: 1 })));
        expect((await found()).seenAt).toBe(NOW + 1);
      });

      test("nothing to a text, and does nothing else then", async () => {
        const before = await begin({ a: "1" });
        const result = await change({ add: { key: "a", by: 1 }, set: new Map([["b", 1]]) });
        expect(result).toEqual({ done: false, found: before });
        expect(await found()).toEqual(before);
      });
    });

    describe("changes only what is as it must be", () => {
      test.each<[what: string, condition: Change]>([
        ["the epoch is another", { epoch: 1 }],
        ["the token is another", { tokenHash: "another" }],
        ["a text is another", { values: new Map([["text", "u"]]) }],
        ["a text is a number", { values: new Map([["number", "1"]]) }],
        ["a number is another", { values: new Map([["number", 2]]) }],
        ["a number is a text", { values: new Map([["digits", 1]]) }],
        ["a value is not there", { values: new Map([["absent", "t"]]) }],
        ["a value is there that was absent", { values: new Map([["number", undefined]]) }],
        [
          "one of several values is another",
          {
            values: new Map<string, StoredValue>(Object.entries({ text: "t", number: 2 })),
          },
        ],
        ["one of many values is another", { values: new Map([...manyValues(300, "absent")]) }],
        ["it has expired", { now: NOW + HOUR + 1 }],
      ])("and tells what is there when %s", async (_what, condition) => {
        const before = await begin({ text: "t", number: 1, digits: "1" });
        const result = await change({ ...condition, set: new Map([["text", "changed"]]) });
        expect(result).toEqual({ done: false, found: before });
        expect(await found()).toEqual(before);
      });

      test.each<[what: string, condition: Change]>([
        ["the epoch is right", { epoch: 0 }],
        ["texts and numbers are as they were", { values: new Map(Object.entries({ text: "t", number: 1 })) }],
        ["what was absent is absent", { values: new Map([["absent", undefined]]) }],
        [
          "many that were absent are absent",
          { values: new Map([...manyValues(300, "absent").keys()].map((key) => [key, undefined])) },
        ],
        ["it is in its last second", { now: NOW + HOUR }],
      ])("and does so when %s", async (_what, condition) => {
        await begin({ text: "t", number: 1 });
        expect(await change({ ...condition, set: new Map([["text", "changed"]]) })).toEqual({ done: true });
        expect((await data()).get("text")).toBe("changed");
      });

      test("and asks for the token where a change asks for it", async () => {
        const { tokenHash } = await begin({ a: 1 });
        const renewed = randomKey(43);
        expect(await change({ tokenHash, record: { tokenHash: renewed } })).toEqual({ done: true });
        expect(await change({ tokenHash, set: new Map([["a", 2]]) })).toMatchObject({ done: false });
        expect(await change({ set: new Map([["a", 3]]) })).toEqual({ done: true });
        expect(plain(await found())).toMatchObject({ tokenHash: renewed, values: new Map([["a", 3]]) });
      });

      test("and refuses what began before the epoch changed", async () => {
        const known = await begin({ a: 1 });
        await change({ record: { epoch: 1 } });
        const result = await change({ epoch: 0, set: new Map([["a", 2]]) }, known);
        expect(result).toEqual({ done: false, found: await found() });
        expect(await change({ epoch: 1, set: new Map([["a", 3]]) }, known)).toEqual({ done: true });
      });

      test("and an expired one does not become longer", async () => {
        const before = await begin({ a: 1 });
        const what = { now: NOW + HOUR + 1, record: { expiresAt: NOW + 2 * HOUR } };
        expect(await change(what)).toEqual({ done: false, found: before });
        expect(await change({ ...what, set: manyValues(300, "a") })).toEqual({ done: false, found: before });
      });

      test("and of two that exclude each other does one", async () => {
        const known = await begin({ a: "none" });
        const { tokenHash } = known;
        for (const what of [
          { values: new Map([["a", "none"]]) },
          { tokenHash, record: { tokenHash: "new" } },
        ]) {
          const set = what.record === undefined ? new Map([["a", "changed"]]) : new Map();
          const results = await Promise.all([1, 2, 3].map(() => change({ ...what, set }, known)));
          expect(results.map(({ done }) => done).sort()).toEqual([false, false, true]);
        }
      });

      test("so that comparing and setting again and again loses nothing", async () => {
        const known = await begin({ a: "" });
        async function append(letter: string): Promise<void> {
          let session = known;
          for (;;) {
            const value = session.values.get("a");
            const set = new Map([["a", `${value}${letter}`]]);
            const result = await change({ set, values: new Map([["a", value]]) }, session);
            if (result.done) return;
            session = await found();
          }
        }
        await Promise.all([..."abcdefgh"].map(append));
        expect([...`${(await data()).get("a")}`].sort().join("")).toBe("abcdefgh");
      });

      test("so that a sum can be compared with as it was found", async () => {
        await begin({ a: 0.1 + 0.2 });
        for (const by of [0.1, 0.7, 1e-9]) await change({ add: { key: "a", by } });
        const value = (await data()).get("a");
        expect(await change({ set: new Map([["a", 1]]), values: new Map([["a", value]]) })).toEqual({
          done: true,
        });
      });

      test("and finds nothing where nothing is", async () => {
        const known = await begin({ a: 1 });
        id = randomKey(22);
        for (const set of [new Map([["a", 2]]), manyValues(300, "a")])
          expect(await change({ set }, known)).toEqual({ done: false, found: undefined });
        expect(await store.read(id)).toEqual({});
      });
    });

    describe("ends a session", () => {
      test.each(END_REASONS)("for good, as %s", async (reason) => {
        const known = await begin({ a: 1 });
        expect(await store.end(id, { reason, now: NOW })).toBe(true);
        expect(await store.read(id)).toEqual({ session: reason });
        for (const set of [new Map([["a", 2]]), manyValues(300, "a")])
          expect(await change({ set }, known)).toEqual({ done: false, found: reason });
        expect(await change({ add: { key: "a", by: 1 } }, known)).toEqual({ done: false, found: reason });
        expect(await store.read(id)).toEqual({ session: reason });
      });

      test("once, and keeps the first reason", async () => {
        await begin({ a: 1 });
        expect(await store.end(id, { reason: "revoked", now: NOW })).toBe(true);
        expect(await store.end(id, { reason: "destroyed", now: NOW })).toBe(false);
        expect(await store.read(id)).toEqual({ session: "revoked" });
      });

      test("and does not bring it back when it is begun again", async () => {
        const record = recordOf([["a", 1]]);
        await store.begin(id, record);
        await store.end(id, { reason: "destroyed", now: NOW });
        await store.begin(id, record);
        expect(await store.read(id)).toEqual({ session: "destroyed" });
      });

      test("that has expired", async () => {
        await begin({ a: 1 });
        expect(await store.end(id, { reason: "destroyed", now: NOW + 2 * HOUR })).toBe(true);
        expect(await store.read(id)).toEqual({ session: "destroyed" });
      });

      test("only where there is one", async () => {
        expect(await store.end(id, { reason: "destroyed", now: NOW })).toBe(false);
        expect(await store.read(id)).toEqual({});
      });

      test("for one caller alone, of several at once", async () => {
        await begin({ a: 1 });
        const ends = await Promise.all(END_REASONS.map((reason) => store.end(id, { reason, now: NOW })));
        expect(ends.filter((ended) => ended)).toHaveLength(1);
        expect(await store.read(id)).toEqual({ session: END_REASONS[ends.indexOf(true)] });
      });

      test("in the midst of changes, none of which brings it back", async () => {
        const known = await begin({ a: 1 });
        const changing = Array.from({ length: 30 }, (_, number) =>
          change({ set: new Map([["a", number]]) }, known),
        );
        const ended = store.end(id, { reason: "revoked", now: NOW });
        const others = Array.from({ length: 30 }, () => change({ add: { key: "b", by: 1 } }, known));
        await Promise.all([...changing, ...others]);
        expect(await ended).toBe(true);
        expect(await store.read(id)).toEqual({ session: "revoked" });
      });

      const onlyOf = (keys: readonly string[]) => ({ keys: new Set(keys), epoch: 0 });

      test.each<[string, { epoch: number; values?: ReadonlyMap<string, StoredValue | undefined> }]>([
        ["is of another epoch", { epoch: 1 }],
        ["holds another value than was read", { epoch: 0, values: new Map([["a", 2]]) }],
        ["holds a value where none was read", { epoch: 0, values: new Map([["a", undefined]]) }],
      ])("but not when it %s", async (_what, condition) => {
        const before = await begin({ a: 1 });
        const only = { keys: new Set(["a"]), ...condition };
        expect(await store.end(id, { reason: "destroyed", now: NOW, only })).toBe(false);
        expect(await found()).toEqual(before);
      });

      test("where what was read is still there", async () => {
        await begin({ a: 1 });
        const only = {
          keys: new Set(["a", "b"]),
          epoch: 0,
          values: new Map([
            ["a", 1],
            ["b", undefined],
          ] as const),
        };
        expect(await store.end(id, { reason: "destroyed", now: NOW, only })).toBe(true);
      });

      test.each<[what: string, only: string[]]>([
        ["those keys", ["a", "b"]],
        ["fewer than those keys", ["a", "b", "c", "", "__proto__"]],
      ])("that holds %s", async (_what, only) => {
        await begin({ a: 1, b: "b" });
        expect(await store.end(id, { reason: "destroyed", now: NOW, only: onlyOf(only) })).toBe(true);
        expect(await store.read(id)).toEqual({ session: "destroyed" });
      });

      test.each<[what: string, only: string[]]>([
        ["a key beside those", ["a"]],
        ["keys where it may hold none", []],
        ["other keys, although as many", ["a", "c"]],
      ])("but not when it holds %s", async (_what, only) => {
        const before = await begin({ a: 1, b: "b" });
        expect(await store.end(id, { reason: "destroyed", now: NOW, only: onlyOf(only) })).toBe(false);
        expect(await found()).toEqual(before);
      });

      test("that is empty, where it may hold nothing", async () => {
        await begin();
        expect(
          await store.end(id, { reason: "destroyed", now: NOW, only: { keys: new Set(), epoch: 0 } }),
        ).toBe(true);
      });

      test("once too, where it may hold some keys", async () => {
        const only = onlyOf(["a"]);
        expect(await store.end(id, { reason: "destroyed", now: NOW, only })).toBe(false);
        await begin({ a: 1 });
        await store.end(id, { reason: "revoked", now: NOW, only });
        expect(await store.end(id, { reason: "destroyed", now: NOW, only })).toBe(false);
        expect(await store.read(id)).toEqual({ session: "revoked" });
      });

      test("or lets a parallel change be done, and never both", async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, async () => {
            const id = randomKey(22);
            await store.begin(id, recordOf([["a", 1]]));
            const { session: known } = await store.read(id);
            const [ended, changed] = await Promise.all([
              store.end(id, { reason: "destroyed", now: NOW, only: { keys: new Set(["a"]), epoch: 0 } }),
              store.change(id, changeOf({ set: new Map([["b", 1]]) }), known as FoundSession),
            ]);
            const { session } = await store.read(id);
            return [ended, !changed.done, session === "destroyed"];
          }),
        );
        for (const outcome of outcomes) expect(new Set(outcome).size).toBe(1);
      });
    });

    describe("lists the sessions of a user", () => {
      test("and knows nobody at first", async () => {
        expect(await store.readUser(userKey)).toBeUndefined();
      });

      test.each<[what: string, session: UserSession]>([
        ["with device and address", { ...SESSION, userAgent: "Mozilla/5.0 (ünï)", address: "2001:db8::1" }],
        ["without them", SESSION],
        ["with empty ones", { ...SESSION, userAgent: "", address: "" }],
      ])("as they were added, %s", async (_what, session) => {
        expect(await addUserSession(store, userKey, id, { session })).toBe(true);
        expect(await store.readUser(userKey)).toEqual({ generation: 1, sessions: new Map([[id, session]]) });
      });

      test("of each user apart", async () => {
        const other = randomKey(43);
        await addUserSession(store, userKey, "a");
        await addUserSession(store, other, "b");
        await store.removeUserSessions(userKey);
        expect(await members(store, other)).toEqual(["b"]);
      });

      test("and counts the changes of membership", async () => {
        const generations: (number | undefined)[] = [];
        for (const step of [
          () => addUserSession(store, userKey, "a"),
          () => addUserSession(store, userKey, "b", { remove: ["a"] }),
          () => addUserSession(store, userKey, "c"),
          () => store.touchUserSession(userKey, "c", { seenAt: NOW, expiresAt: NOW }),
          () => store.removeUserSession(userKey, "c"),
          () => store.removeUserSession(userKey, "c"),
          () => store.removeUserSessions(userKey),
        ]) {
          await step();
          generations.push((await store.readUser(userKey))?.generation);
        }
        expect(generations).toEqual([1, 2, 3, 3, 4, 4, 5]);
      });

      test("and adds one while it removes others", async () => {
        for (const id of ["a", "b", "c"]) await addUserSession(store, userKey, id);
        expect(await addUserSession(store, userKey, "d", { remove: ["a", "c", "absent"] })).toBe(true);
        expect(await members(store, userKey)).toEqual(["b", "d"]);
      });

      test("and holds many, which one sign-in may all replace", async () => {
        const ids = Array.from({ length: 200 }, () => randomKey(22));
        let generation = 0;
        for (const id of ids) {
          const added = { generation: generation++, id, session: SESSION, remove: [] };
          expect(await store.addUserSession(userKey, added)).toBe(true);
        }
        expect(await members(store, userKey)).toEqual(ids.toSorted());
        expect(await addUserSession(store, userKey, id, { remove: ids })).toBe(true);
        expect(await members(store, userKey)).toEqual([id]);
      });

      test.each([0, 1, 3])("and adds nothing to generation %d when it is 2", async (generation) => {
        await addUserSession(store, userKey, "a");
        await addUserSession(store, userKey, "b");
        const before = await store.readUser(userKey);
        expect(await addUserSession(store, userKey, "c", { generation, remove: ["a"] })).toBe(false);
        expect(await store.readUser(userKey)).toEqual(before);
      });

      test("and adds nothing to a later generation of nobody", async () => {
        expect(await addUserSession(store, userKey, "a", { generation: 1 })).toBe(false);
        expect(await store.readUser(userKey)).toBeUndefined();
      });

      test("and of several sign-ins with one generation adds one", async () => {
        for (const generation of [0, 1]) {
          const adding = ["a", "b", "c"].map((name) =>
            addUserSession(store, userKey, `${name}${generation}`, { generation }),
          );
          expect((await Promise.all(adding)).filter((added) => added)).toHaveLength(1);
          expect(await members(store, userKey)).toHaveLength(generation + 1);
        }
      });

      test("and notes when one was seen", async () => {
        const session = { ...SESSION, userAgent: "agent", address: "192.0.2.1" };
        await addUserSession(store, userKey, "a");
        await addUserSession(store, userKey, id, { session });
        const seen = { seenAt: NOW + 5, expiresAt: NOW + 2 * HOUR };
        expect(await store.touchUserSession(userKey, id, seen)).toBe(true);
        const sessions = new Map([
          ["a", SESSION],
          [id, { ...session, ...seen }],
        ]);
        expect(await store.readUser(userKey)).toEqual({ generation: 2, sessions });
      });

      test("and that one will expire sooner than others", async () => {
        await addUserSession(store, userKey, "a", { session: { ...SESSION, expiresAt: NOW + 9 * HOUR } });
        await addUserSession(store, userKey, id);
        const seen = { seenAt: NOW + 5, expiresAt: NOW + 6 };
        expect(await store.touchUserSession(userKey, id, seen)).toBe(true);
        expect((await store.readUser(userKey))?.sessions.get(id)).toEqual({ ...SESSION, ...seen });
      });

      test("and does not go back to when one was seen before", async () => {
        await addUserSession(store, userKey, id);
        const late = { seenAt: NOW + 50, expiresAt: NOW + 50 + HOUR };
        await store.touchUserSession(userKey, id, late);
        const early = { seenAt: NOW + 40, expiresAt: NOW + 40 + HOUR };
        expect(await store.touchUserSession(userKey, id, early)).toBe(true);
        expect((await store.readUser(userKey))?.sessions.get(id)).toEqual({ ...SESSION, ...late });
      });

      test("and says when one that was seen is none of theirs", async () => {
        const seen = { seenAt: NOW + 5, expiresAt: NOW + HOUR };
        expect(await store.touchUserSession(userKey, id, seen)).toBe(false);
        expect(await store.readUser(userKey)).toBeUndefined();
        await addUserSession(store, userKey, "a");
        expect(await store.touchUserSession(userKey, id, seen)).toBe(false);
        expect(await members(store, userKey)).toEqual(["a"]);
      });

      test("and removes one", async () => {
        for (const id of ["a", "b"]) await addUserSession(store, userKey, id);
        expect(await store.removeUserSession(userKey, "a")).toBe(true);
        expect(await store.removeUserSession(userKey, "a")).toBe(false);
        expect(await members(store, userKey)).toEqual(["b"]);
      });

      test("and removes none of a user who has none", async () => {
        expect(await store.removeUserSession(userKey, "a")).toBe(false);
        expect(await store.removeUserSessions(userKey)).toEqual([]);
        expect(await store.removeUserSessions(userKey, "a")).toEqual([]);
        expect(await members(store, userKey)).toEqual([]);
      });

      test("and removes all", async () => {
        for (const id of ["a", "b", "c"]) await addUserSession(store, userKey, id);
        expect((await store.removeUserSessions(userKey)).toSorted()).toEqual(["a", "b", "c"]);
        expect(await members(store, userKey)).toEqual([]);
        expect(await store.removeUserSessions(userKey)).toEqual([]);
      });

      test("and removes all but one", async () => {
        for (const id of ["a", "b", "c"]) await addUserSession(store, userKey, id);
        const before = await store.readUser(userKey);
        expect((await store.removeUserSessions(userKey, "b")).toSorted()).toEqual(["a", "c"]);
        const after = await store.readUser(userKey);
        expect(after?.sessions).toEqual(new Map([["b", before?.sessions.get("b")]]));
        expect(await store.removeUserSessions(userKey, "b")).toEqual([]);
        expect(await members(store, userKey)).toEqual(["b"]);
      });

      test("and removes none but one that is not there any more", async () => {
        for (const id of ["a", "b"]) await addUserSession(store, userKey, id);
        await store.removeUserSession(userKey, "b");
        expect(await store.removeUserSessions(userKey, "b")).toEqual([]);
        expect(await members(store, userKey)).toEqual(["a"]);
      });

      test("and does not add again what was removed from a generation before", async () => {
        await addUserSession(store, userKey, "a");
        await store.removeUserSessions(userKey);
        expect(await addUserSession(store, userKey, "b", { generation: 1 })).toBe(false);
        expect(await store.touchUserSession(userKey, "a", { seenAt: NOW + 1, expiresAt: NOW + 2 })).toBe(
          false,
        );
        expect(await members(store, userKey)).toEqual([]);
      });

      test("and misses none that is added while all are removed", async () => {
        const first = Array.from({ length: 5 }, (_, number) => `first${number}`);
        for (const id of first) await addUserSession(store, userKey, id);
        const later = Array.from({ length: 10 }, (_, number) => `later${number}`);
        const adding = later.map((id) => signIn(store, userKey, id));
        const touching = first.map((id) =>
          store.touchUserSession(userKey, id, { seenAt: NOW + 1, expiresAt: NOW + HOUR }),
        );
        const removed = await store.removeUserSessions(userKey);
        await Promise.all([...adding, ...touching]);
        const left = await members(store, userKey);
        expect([...removed, ...left].sort()).toEqual([...first, ...later].sort());
        expect(left.filter((id) => first.includes(id))).toEqual([]);
      });

      test("and of removals at once none undoes another", async () => {
        for (const id of ["a", "b", "c", "d"]) await addUserSession(store, userKey, id);
        const removals = await Promise.all([
          store.removeUserSessions(userKey, "a"),
          store.removeUserSessions(userKey, "b"),
          store.removeUserSession(userKey, "d").then((was) => (was ? ["d"] : [])),
        ]);
        const left = await members(store, userKey);
        expect([...removals.flat(), ...left].sort()).toEqual(["a", "b", "c", "d"]);
        expect(["a", "b"]).toContain(left.join());
      });
    });

    describe("holds a session of 350,000 bytes", () => {
      const large = "x".repeat(350_000);

      test("that begins so", async () => {
        await begin({ large });
        expect((await data()).get("large")).toBe(large);
      });

      test("that becomes so, and changes", async () => {
        await begin({ a: "a" });
        expect(await change({ set: new Map([["large", large]]) })).toEqual({ done: true });
        expect(await change({ set: manyValues(300, "many") })).toEqual({ done: true });
        expect(await change({ set: new Map([["large", "small"]]) })).toEqual({ done: true });
        expect((await data()).get("large")).toBe("small");
      });
    });

    /** A store may have room for this, but it must not say so when it has not. */
    describe("keeps a session of 2 MB whole, or refuses it and names its largest keys,", () => {
      const values = new Map<string, StoredValue>([
        ["small", 1],
        ["large", "x".repeat(1_500_000)],
        ["half", "x".repeat(500_000)],
      ]);

      async function expectKeptOrRefused(
        saving: Promise<unknown>,
        unsaved: object | undefined,
      ): Promise<void> {
        const error = await saving.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        const { session } = await store.read(id);
        if (error === undefined) return expect(session).toMatchObject({ values });
        expect(error).toBeInstanceOf(SessionTooLargeError);
        const { bytes, limit, largest } = error as SessionTooLargeError;
        expect(largest.map(({ key }) => key).slice(0, 2)).toEqual(["large", "half"]);
        expect([bytes > 2_000_000, limit < bytes]).toEqual([true, true]);
        expect(session).toEqual(unsaved);
      }

      test("when it begins", async () => {
        await expectKeptOrRefused(store.begin(id, recordOf(values)), undefined);
      });

      test("when it changes", async () => {
        const before = await begin({ small: 1 });
        await expectKeptOrRefused(change({ set: values }), before);
      });

      test("when many keys change", async () => {
        const before = await begin(Object.fromEntries(manyValues(300, "many")));
        const remove = new Set(manyValues(300, "many").keys());
        await expectKeptOrRefused(change({ set: values, remove }), before);
      });
    });
  });
}

const SESSION: UserSession = { beganAt: NOW - 5, seenAt: NOW, expiresAt: NOW + HOUR };

function randomKey(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}

function recordOf(values: Iterable<readonly [string, StoredValue]>, record: object = {}): SessionRecord {
  return {
    tokenHash: randomKey(43),
    renewedAt: NOW,
    epoch: 0,
    values: new Map(values),
    createdAt: NOW,
    seenAt: NOW,
    expiresAt: NOW + HOUR,
    ...record,
  };
}

/** What was given to the store, of what it found. */
function plain({ bytes: _bytes, operations: _operations, ...record }: FoundSession): SessionRecord {
  return record;
}

function changeOf({ epoch = 0, tokenHash, values, ...change }: Change): SessionChange {
  const condition = { epoch, ...(tokenHash !== undefined && { tokenHash }), ...(values && { values }) };
  return { now: NOW, ...change, condition };
}

function manyValues(count: number, prefix: string): Map<string, StoredValue> {
  return new Map(
    Array.from({ length: count }, (_, number) => [
      `${prefix}${number}`,
      number % 2 ? number : `text ${number}`,
    ]),
  );
}

/** Adds to the generation that is there, unless another is given. */
async function addUserSession(
  store: SessionStore,
  userKey: string,
  id: string,
  change: { session?: UserSession; remove?: readonly string[]; generation?: number } = {},
): Promise<boolean> {
  const generation = change.generation ?? (await store.readUser(userKey))?.generation ?? 0;
  return store.addUserSession(userKey, { id, session: SESSION, remove: [], ...change, generation });
}

/** Adds a session, as often as it takes. */
async function signIn(store: SessionStore, userKey: string, id: string): Promise<void> {
  while (!(await addUserSession(store, userKey, id)));
}

async function members(store: SessionStore, userKey: string): Promise<string[]> {
  return [...((await store.readUser(userKey))?.sessions.keys() ?? [])].sort();
}
