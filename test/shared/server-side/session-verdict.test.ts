import { describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import { isOver, verdictOn } from "../../../shared/server-side/session-verdict.ts";
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
  return verdictOn({ ...TOKEN, userKey }, ID, { session, user }, { now, settings });
}

/** The record of the user, with these sessions. */
function listing(...ids: string[]): { userKey: string; user: NonNullable<Found["user"]> } {
  return { userKey: USER_KEY, user: { generation: 1, sessions: new Map(ids.map((id) => [id, entry])) } };
}

const LONG_AGO = { renewedAt: NOW - 11 };

describe("the verdict on a token", () => {
  test.each<[seconds: number, wasReplaced: true | undefined]>([
    [0, true],
    [10, true],
    [11, undefined],
  ])("that is none of the session's, %i seconds after a renewal", (seconds, wasReplaced) => {
    const session = record({ tokenHash: hashIdentifier("another"), renewedAt: NOW - seconds });
    expect(judge(session)).toEqual({ refusal: "token_replaced", ...(wasReplaced && { wasReplaced }) });
  });

  test("is the record that it opens", () => {
    const session = record();
    expect(judge(session)).toEqual({ record: session, isCurrent: true, userSession: undefined });
  });

  test.each<[string, Found["session"], reason: string]>([
    ["of a session that nobody knows", undefined, "unknown_session"],
    ["of one that was destroyed", "destroyed", "destroyed"],
    ["of one that was revoked", "revoked", "revoked"],
    ["of one that gave way", "evicted", "evicted"],
    ["of one that cannot be read", "unreadable", "unreadable_payload"],
    [
      "that is none of the session's",
      record({ tokenHash: hashIdentifier("another"), ...LONG_AGO }),
      "token_replaced",
    ],
    ["that is a hash itself", record({ tokenHash: "token", ...LONG_AGO }), "token_replaced"],
    ["where the record has none", record({ tokenHash: "", ...LONG_AGO }), "token_replaced"],
    ["of a session of a user, without the user", record({ userKey: USER_KEY }), "token_replaced"],
  ])("%s is a reason", (_what, session, reason) => {
    expect(judge(session)).toEqual({ refusal: reason });
  });

  test.each<[string, Partial<FoundSession>, now: number, reason: string | undefined]>([
    ["in its last second", {}, NOW + 100, undefined],
    ["a second later", {}, NOW + 101, "expired"],
    ["seen, but not renewed", { lastSeenAt: NOW + 50 }, NOW + 101, "expired"],
    ["with a longer life than the settings give now", { expiresAt: NOW + 900 }, NOW + 101, "expired"],
    ["begun too long ago", { createdAt: NOW - 1000 }, NOW, undefined],
    ["begun a second longer ago", { createdAt: NOW - 1001 }, NOW, "absolute_lifetime"],
    [
      "from a clock that was ahead",
      { createdAt: NOW + 50, lastSeenAt: NOW + 50, expiresAt: NOW + 150 },
      NOW,
      undefined,
    ],
  ])("counts the record's times: %s", (_what, changes, now, reason) => {
    expect(judge(record(changes), { now }).refusal).toBe(reason);
  });

  describe("that counted before the present one", () => {
    const before = (opens: boolean, until = NOW + 10) =>
      record({
        tokenHash: hashIdentifier("next"),
        previous: { tokenHash: hashIdentifier("token"), until, opens },
      });

    test("opens the session after a periodic renewal, until its time is over", () => {
      expect(judge(before(true))).toMatchObject({ isCurrent: false, record: { epoch: 0 } });
      expect(judge(before(true), { now: NOW + 10 }).refusal).toBeUndefined();
      expect(judge(before(true), { now: NOW + 11 })).toEqual({ refusal: "token_replaced" });
    });

    test("opens nothing after a change of rights, but is known until its time is over", () => {
      expect(judge(before(false))).toEqual({ refusal: "token_replaced", wasReplaced: true });
      expect(judge(before(false), { now: NOW + 10 })).toMatchObject({ wasReplaced: true });
      expect(judge(before(false), { now: NOW + 11 })).toEqual({ refusal: "token_replaced" });
    });

    test("is known as replaced even where the session is a user's by now", () => {
      expect(judge({ ...before(false), userKey: USER_KEY })).toMatchObject({ wasReplaced: true });
    });

    test("opens nothing of a user's session, unless it names the user", () => {
      const session = { ...before(true), userKey: USER_KEY };
      expect(judge(session)).toEqual({ refusal: "token_replaced" });
      expect(judge(session, listing(ID)).refusal).toBeUndefined();
    });
  });

  describe("of a user's session", () => {
    const bound = record({ userKey: USER_KEY });

    test("opens it while the user lists it, and tells the entry", () => {
      expect(judge(bound, listing("other", ID))).toMatchObject({ isCurrent: true, userSession: entry });
    });

    test("opens it although its entry's time is over: the record counts", () => {
      expect(judge(bound, { ...listing(ID), now: NOW + 50 }).refusal).toBeUndefined();
    });

    test.each<[string, ReturnType<typeof listing> | { userKey: string }]>([
      ["there is no list", { userKey: USER_KEY }],
      ["the list is empty", listing()],
      ["the list names others", listing("other", `${ID}x`)],
    ])("is revoked where %s", (_what, found) => {
      expect(judge(bound, found)).toEqual({ refusal: "revoked" });
    });

    test("opens nothing for another user, even where that one lists it", () => {
      expect(judge(bound, { ...listing(ID), userKey: "another" })).toEqual({ refusal: "token_replaced" });
    });

    test("opens nothing where the record is nobody's", () => {
      expect(judge(record(), listing(ID))).toEqual({ refusal: "token_replaced" });
    });
  });
});

describe("a session is known to be over", () => {
  test.each(["expired", "absolute_lifetime", "unknown_session", "destroyed", "revoked", "evicted"] as const)(
    "when it is %s",
    (reason) => expect(isOver(reason)).toBe(true),
  );

  test.each([
    "malformed",
    "bad_signature",
    "signed_in_future",
    "unreadable_payload",
    "token_replaced",
  ] as const)(
    "and not when the cookie is %s: another instance may understand it, or the browser may have a newer one",
    (reason) => expect(isOver(reason)).toBe(false),
  );
});
