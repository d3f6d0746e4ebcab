import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { FoundSession } from "../../../shared/stores/session-record.ts";
import { changeOf, DynamoDBFixture, manyValues, NOW, recordOf, SESSION } from "./dynamodb-fixture.ts";

interface Write {
  /** Operation that writes. */
  readonly operation: "PutItem" | "UpdateItem";
  /** Prepares the table without the proxy. */
  readonly before?: () => Promise<unknown>;
  readonly write: () => Promise<unknown>;
  /** Result of the write. */
  readonly result: unknown;
  /** Writes other changes afterwards, without the proxy. */
  readonly after: () => Promise<unknown>;
}

let fixture: DynamoDBFixture;
let id: string;
let userKey: string;
let known: FoundSession;
let count = 0;

beforeAll(async () => {
  fixture = await DynamoDBFixture.start();
});

afterAll(() => fixture.stop());

beforeEach(() => {
  // The SDK waits for a random time before it tries again. Here it does not wait.
  vi.spyOn(Math, "random").mockReturnValue(0);
  name();
});

afterEach(() => fixture.proxy.reset());

const END = { reason: "destroyed", now: NOW } as const;
const SEEN = { lastSeenAt: NOW + 5, expiresAt: NOW + 3605 };

async function begin(): Promise<void> {
  known = await fixture.begin(id, { a: "a", n: 1, gone: "g" });
}

function member(session = SESSION): Promise<void> {
  return fixture.addUserSession(userKey, id, session);
}

async function overwrite(): Promise<void> {
  const change = { set: new Map([["a", "later"]]), remove: new Set(["n"]), record: { lastSeenAt: NOW + 9 } };
  await fixture.direct.change(id, changeOf({ ...change, now: NOW + 14 }), await fixture.found(id));
}

async function signInAgain(): Promise<void> {
  await member({ ...SESSION, lastSeenAt: NOW + 1 });
  await fixture.addUserSession(userKey, "another");
}

const WRITES: Readonly<Record<string, Write>> = {
  "a beginning": {
    operation: "PutItem",
    write: () => fixture.store.begin(id, recordOf({ a: "a" })),
    result: undefined,
    after: overwrite,
  },
  "a beginning before an end": {
    operation: "PutItem",
    write: () => fixture.store.begin(id, recordOf({ a: "a" })),
    result: undefined,
    after: () => fixture.direct.end(id, END),
  },
  "a change": {
    operation: "UpdateItem",
    before: begin,
    write: () =>
      fixture.store.change(id, changeOf({ set: new Map([["a", "b"]]), remove: new Set(["gone"]) }), known),
    result: { done: true },
    after: overwrite,
  },
  "an addition to a number": {
    operation: "UpdateItem",
    before: begin,
    write: () => fixture.store.change(id, changeOf({ add: { key: "n", by: 2 } }), known),
    result: { done: true, sum: 3 },
    after: () => fixture.direct.change(id, changeOf({ add: { key: "n", by: 10 } }), known),
  },
  "an addition to a number before an end": {
    operation: "UpdateItem",
    before: begin,
    write: () => fixture.store.change(id, changeOf({ add: { key: "n", by: 2 } }), known),
    result: { done: true, sum: 3 },
    after: () => fixture.direct.end(id, END),
  },
  "a change with a condition on values": {
    operation: "UpdateItem",
    before: begin,
    write: () => {
      const condition = { epoch: 0, values: new Map([["a", "a"]]) };
      return fixture.store.change(id, changeOf({ condition, set: new Map([["a", "b"]]) }), known);
    },
    result: { done: true },
    after: () => fixture.direct.change(id, changeOf({ set: new Map([["a", "a"]]) }), known),
  },
  "a change of many keys": {
    operation: "UpdateItem",
    before: begin,
    write: () =>
      fixture.store.change(id, changeOf({ set: manyValues("b"), add: { key: "n", by: 2 } }), known),
    result: { done: true, sum: 3 },
    after: overwrite,
  },
  "a renewal of the token": {
    operation: "UpdateItem",
    before: begin,
    write: () => {
      const record = {
        tokenHash: "b",
        previous: { tokenHash: "token", until: NOW + 9, opens: true },
        epoch: 1,
      };
      return fixture.store.change(id, changeOf({ record }), known);
    },
    result: { done: true },
    after: () => {
      const change = { condition: { epoch: 1 }, record: { tokenHash: "c", previous: undefined, epoch: 0 } };
      return fixture.direct.change(id, changeOf(change), known);
    },
  },
  "an end": {
    operation: "PutItem",
    before: begin,
    write: () => fixture.store.end(id, END),
    result: true,
    after: () => fixture.direct.begin(id, recordOf()),
  },
  "an end with a condition on keys": {
    operation: "PutItem",
    before: begin,
    write: () => fixture.store.end(id, { ...END, only: { keys: new Set(["a", "n", "gone"]), epoch: 0 } }),
    result: true,
    after: () => fixture.direct.end(id, { reason: "revoked", now: NOW + 5 }),
  },
  "a first sign-in": {
    operation: "PutItem",
    write: () => fixture.store.addUserSession(userKey, { generation: 0, id, session: SESSION, remove: [] }),
    result: true,
    after: () => fixture.direct.removeUserSessions(userKey),
  },
  "a further sign-in": {
    operation: "UpdateItem",
    before: () => fixture.addUserSession(userKey, "first"),
    write: () =>
      fixture.store.addUserSession(userKey, { generation: 1, id, session: SESSION, remove: ["first"] }),
    result: true,
    after: async () => {
      await fixture.addUserSession(userKey, "first");
      await fixture.direct.removeUserSession(userKey, id);
    },
  },
  "a touch of a session": {
    operation: "UpdateItem",
    before: member,
    write: () => fixture.store.touchUserSession(userKey, id, SEEN),
    result: true,
    after: () => fixture.direct.touchUserSession(userKey, id, { lastSeenAt: NOW + 7, expiresAt: NOW + 3607 }),
  },
  "a touch before a removal": {
    operation: "UpdateItem",
    before: member,
    write: () => fixture.store.touchUserSession(userKey, id, SEEN),
    result: true,
    after: () => fixture.direct.removeUserSession(userKey, id),
  },
  "a removal of one session": {
    operation: "UpdateItem",
    before: member,
    write: () => fixture.store.removeUserSession(userKey, id),
    result: true,
    after: signInAgain,
  },
  "a removal of all sessions": {
    operation: "UpdateItem",
    before: async () => {
      await fixture.addUserSession(userKey, "first");
      await member();
    },
    write: () => fixture.store.removeUserSessions(userKey),
    result: expect.arrayContaining([expect.any(String), "first"]),
    after: signInAgain,
  },
  "a second removal of all sessions": {
    operation: "UpdateItem",
    before: async () => {
      await member();
      await fixture.direct.removeUserSessions(userKey);
      await member();
    },
    write: () => fixture.store.removeUserSessions(userKey),
    result: [expect.any(String)],
    after: async () => {
      await signInAgain();
      await fixture.direct.removeUserSession(userKey, "another");
    },
  },
  "a removal of all sessions but one": {
    operation: "UpdateItem",
    before: async () => {
      await fixture.addUserSession(userKey, "first");
      await member();
    },
    write: () => fixture.store.removeUserSessions(userKey, id),
    result: ["first"],
    after: () => fixture.addUserSession(userKey, "another"),
  },
};

describe.each(Object.entries(WRITES))("%s", (what, { operation, before, write, result, after }) => {
  beforeEach(() => before?.());

  /** Returns the stored items of the session and of the user. */
  async function stored(): Promise<unknown> {
    return [await fixture.item(`session#${id}`), await fixture.item(`user#${userKey}`)];
  }

  /** Returns the stored items of an undisturbed write, and begins again. */
  async function expected(): Promise<string> {
    await write();
    const normal = normalize(await stored());
    name();
    await before?.();
    fixture.proxy.reset();
    return normal;
  }

  test.each(["twice", "twice at once"] as const)(`${what} that arrives %s is done once`, async (fault) => {
    const normal = await expected();
    fixture.proxy.inject(operation, fault);
    expect(await write()).toEqual(result);
    expect(fixture.proxy.delivered(operation)).toBe(2);
    expect(normalize(await stored())).toBe(normal);
  });

  test(`${what} whose response is lost is done once and returns its result`, async () => {
    const normal = await expected();
    fixture.proxy.inject(operation, "lose answer");
    expect(await write()).toEqual(result);
    expect(fixture.proxy.delivered(operation)).toBe(2);
    expect(normalize(await stored())).toBe(normal);
  });

  test(`${what} that arrives again after other writes is not done again`, async () => {
    fixture.proxy.inject(operation, "keep");
    expect(await write()).toEqual(result);
    await after();
    const then = await stored();
    expect(await fixture.proxy.replay()).toMatchObject([{ status: 400 }]);
    expect(await stored()).toEqual(then);
  });
});

function name(): void {
  id = `id${++count}.`;
  userKey = `user${count}.`;
}

/** Returns the items as a string without parts that differ each time. */
function normalize(items: unknown): string {
  const text = JSON.stringify(items).replaceAll(id, "ID").replaceAll(userKey, "USER");
  return text
    .replaceAll(/\b[0-9a-z]{6}\.[\w-]{11}/g, "OPERATION")
    .replaceAll(/("removal":{"S":)"[^"]+/g, '$1"');
}
