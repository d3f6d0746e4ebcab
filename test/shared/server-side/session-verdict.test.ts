import { describe, expect, test } from "vitest";
import { isOver } from "../../../shared/cookie/refused-cookies.ts";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import { judgeToken } from "../../../shared/server-side/session-verdict.ts";
import { resolveSettings } from "../../../shared/session/session-settings.ts";
import type { Found, FoundSession, UserSession } from "../../../shared/stores/session-record.ts";

const NOW = 1_795_435_200;
const ID = "the-id-of-the-session-";
const TOKEN = { key: "key", token: "token" };
const USER_KEY = "user";
const settings = resolveSettings({ lifetime: 100, absoluteLifetime: 1000 });
const entry: UserSession = { createdAt: NOW, lastSeenAt: NOW, expiresAt: NOW };

function record(changes: Partial<FoundSession> = {}): FoundSession {
  return {
    tokenHash: hashIdentifier("token"),
    renewedAt: NOW,
    epoch: 0,
    values: new Map(),
    createdAt: NOW,
    lastSeenAt: NOW,
    expiresAt: NOW + 100,
    bytes: 0,
    ...changes,
  };
}

function judge(
  session: Found["session"],
  { now = NOW, userKey, user }: Partial<Found> & { now?: number; userKey?: string } = {},
) {
  return judgeToken({ ...TOKEN, userKey }, ID, { session, user }, { now, settings });
}

/** Returns a user's record with these sessions. */
function listing(...ids: string[]): { userKey: string; user: NonNullable<Found["user"]> } {
  return { userKey: USER_KEY, user: { generation: 1, sessions: new Map(ids.map((id) => [id, entry])) } };
}

const LONG_AGO = { renewedAt: NOW - 11 };

describe("the verdict on a token", () => {
  test.each<[seconds: number, wasReplaced: true | undefined]>([
    [0, true],
    [10, true],
    [11, undefined],
  ])("a wrong token %i seconds after a renewal is refused, with wasReplaced %s", (seconds, wasReplaced) => {
    const session = record({ tokenHash: hashIdentifier("another"), renewedAt: NOW - seconds });
    expect(judge(session)).toEqual({ refusal: "token_replaced", ...(wasReplaced && { wasReplaced }) });
  });

  test("the current token opens its record", () => {
    const session = record();
    expect(judge(session)).toEqual({ record: session, isCurrent: true, userSession: undefined });
  });

  test.each<[string, Found["session"], reason: string]>([
    ["of an unknown session", undefined, "unknown_session"],
    ["of a destroyed session", "destroyed", "destroyed"],
    ["of a revoked session", "revoked", "revoked"],
    ["of an evicted session", "evicted", "evicted"],
    ["of an unreadable record", "unreadable", "unreadable_payload"],
    ["that is wrong", record({ tokenHash: hashIdentifier("another"), ...LONG_AGO }), "token_replaced"],
    ["that is the hash of the current token", record({ tokenHash: "token", ...LONG_AGO }), "token_replaced"],
    ["for a record with an empty hash", record({ tokenHash: "", ...LONG_AGO }), "token_replaced"],
    ["without a user, of a session of a user", record({ userKey: USER_KEY }), "token_replaced"],
  ])("a token %s is refused with its reason", (_what, session, reason) => {
    expect(judge(session)).toEqual({ refusal: reason });
  });

  test.each<[string, Partial<FoundSession>, now: number, reason: string | undefined]>([
    ["in its last second", {}, NOW + 100, undefined],
    ["one second later", {}, NOW + 101, "expired"],
    ["used later, but not extended", { lastSeenAt: NOW + 50 }, NOW + 101, "expired"],
    ["with a longer expiresAt than the settings allow", { expiresAt: NOW + 900 }, NOW + 101, "expired"],
    ["in the last second of its absolute lifetime", { createdAt: NOW - 1000 }, NOW, undefined],
    ["one second after its absolute lifetime", { createdAt: NOW - 1001 }, NOW, "absolute_lifetime"],
    [
      "with times of a clock that was ahead",
      { createdAt: NOW + 50, lastSeenAt: NOW + 50, expiresAt: NOW + 150 },
      NOW,
      undefined,
    ],
  ])("the times of a record decide whether it has expired: %s", (_what, changes, now, reason) => {
    expect(judge(record(changes), { now }).refusal).toBe(reason);
  });

  describe("the previous token", () => {
    const before = (opens: boolean, until = NOW + 10) =>
      record({
        tokenHash: hashIdentifier("next"),
        previous: { tokenHash: hashIdentifier("token"), until, opens },
      });

    test("the previous token opens the session after a periodic renewal, until it expires", () => {
      expect(judge(before(true))).toMatchObject({ isCurrent: false, record: { epoch: 0 } });
      expect(judge(before(true), { now: NOW + 10 }).refusal).toBeUndefined();
      expect(judge(before(true), { now: NOW + 11 })).toEqual({ refusal: "token_replaced" });
    });

    test("the previous token is refused after a change of privilege, with wasReplaced until it expires", () => {
      expect(judge(before(false))).toEqual({ refusal: "token_replaced", wasReplaced: true });
      expect(judge(before(false), { now: NOW + 10 })).toMatchObject({ wasReplaced: true });
      expect(judge(before(false), { now: NOW + 11 })).toEqual({ refusal: "token_replaced" });
    });

    test("the previous token is refused with wasReplaced when the session is now a user's", () => {
      expect(judge({ ...before(false), userKey: USER_KEY })).toMatchObject({ wasReplaced: true });
    });

    test("the previous token opens a user's session only if it names the user", () => {
      const session = { ...before(true), userKey: USER_KEY };
      expect(judge(session)).toEqual({ refusal: "token_replaced" });
      expect(judge(session, listing(ID)).refusal).toBeUndefined();
    });
  });

  describe("the token of a user's session", () => {
    const bound = record({ userKey: USER_KEY });

    test("a user's session is opened with its entry while the user's list contains it", () => {
      expect(judge(bound, listing("other", ID))).toMatchObject({ isCurrent: true, userSession: entry });
    });

    test("a user's session has expired when its entry has, although its record lasts longer", () => {
      const [last, over] = [entry.expiresAt, entry.expiresAt + 1];
      expect(judge(bound, { ...listing(ID), now: last }).refusal).toBeUndefined();
      expect(judge(bound, { ...listing(ID), now: over })).toEqual({ refusal: "expired" });
    });

    test.each<[string, ReturnType<typeof listing> | { userKey: string }]>([
      ["there is no list", { userKey: USER_KEY }],
      ["the list is empty", listing()],
      ["the list contains other sessions", listing("other", `${ID}x`)],
    ])("a user's session is revoked when %s", (_what, found) => {
      expect(judge(bound, found)).toEqual({ refusal: "revoked" });
    });

    test("a token that names another user is refused, even if that user's list contains the session", () => {
      expect(judge(bound, { ...listing(ID), userKey: "another" })).toEqual({ refusal: "token_replaced" });
    });

    test("a token that names a user is refused for a session without a user", () => {
      expect(judge(record(), listing(ID))).toEqual({ refusal: "token_replaced" });
    });
  });
});

describe("isOver", () => {
  test.each(["expired", "absolute_lifetime", "unknown_session", "destroyed", "revoked", "evicted"] as const)(
    "a cookie that is refused as %s belongs to a session that has ended",
    (reason) => expect(isOver(reason)).toBe(true),
  );

  test.each([
    "malformed",
    "bad_signature",
    "signed_in_future",
    "unreadable_payload",
    "token_replaced",
  ] as const)("a cookie that is refused as %s may belong to a valid session", (reason) =>
    expect(isOver(reason)).toBe(false),
  );
});
