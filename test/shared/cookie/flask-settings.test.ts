import { beforeEach, describe, expect, test } from "vitest";
import { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { load } from "./load.ts";
import { HOUR, KEY, SecureCookieFixture } from "./secure-cookie-fixture.ts";

const ADA = { id: "1", name: "Ada" };
const FLASK = { flask: true } as const;

let fixture: SecureCookieFixture;
let visitor: Visitor;

beforeEach(() => {
  fixture = new SecureCookieFixture();
  visitor = fixture.makeVisitor({ settings: FLASK });
});

/** Returns what Flask shows as `session.items()`. */
function itemsInFlask(settings: SessionSettings = FLASK): Record<string, unknown> | undefined {
  const serializer = new URLSafeTimedSerializer({
    ...resolveSettings(settings),
    keys: [KEY],
    json: new TaggedJSON(),
  });
  if (visitor.token === undefined) return undefined;
  const age = { now: fixture.clock.seconds, maxAge: 31 * 24 * HOUR, clockSkew: 60 };
  return (load(serializer, visitor.token, age) as { values: Record<string, unknown> }).values;
}

/** Lets Flask save a session that consists of these items. */
function flaskSaves(values: Record<string, unknown>): { cookies: string[] } {
  return { cookies: [`session=${fixture.signed(values, { settings: FLASK })}`] };
}

describe("the keys that Flask shows of a session of this library", () => {
  test("a session with one key is saved as that key alone", async () => {
    await visitor.visit((session) => session.set("a", 1));
    expect(itemsInFlask()).toEqual({ a: 1 });
  });

  test("a session whose user signs in is saved with the user and the time of the sign-in alone", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    expect(itemsInFlask()).toEqual({ _user: ADA, _auth: { at: fixture.clock.seconds } });
  });

  test("a permanent session is saved with _permanent, as Flask saves it", async () => {
    await visitor.visit((session) => {
      session.set("a", 1);
      session.permanent = true;
    });
    expect(itemsInFlask()).toEqual({ a: 1, _permanent: true });
  });

  test("a session of which Flask has left only _permanent is read and not sent again", async () => {
    const { setCookie, vary } = await visitor.visit(
      (session) => session.get("a"),
      flaskSaves({ _permanent: true }),
    );
    expect([setCookie, vary]).toEqual([undefined, true]);
  });

  test("a session with an absolute lifetime is saved with the time of its creation, which that setting needs", async () => {
    const settings = { ...FLASK, absoluteLifetime: HOUR };
    visitor = fixture.makeVisitor({ settings });
    await visitor.visit((session) => session.set("a", 1));
    expect(itemsInFlask(settings)).toEqual({ a: 1, _created: fixture.clock.seconds });
  });

  test("a session that Flask saved is saved by a function with Flask's keys and the new one alone", async () => {
    await visitor.visit((session) => session.set("b", 2), flaskSaves({ a: 1 }));
    expect(itemsInFlask()).toEqual({ a: 1, b: 2 });
  });

  test.each([
    ["a string", "2026-11-23"],
    ["a number", 5.5],
  ])("a key _created of Flask's own, %s, is saved again unchanged", async (_name, created) => {
    await visitor.visit((session) => session.set("b", 2), flaskSaves({ a: 1, _created: created }));
    expect(itemsInFlask()).toEqual({ a: 1, b: 2, _created: created });
  });
});

describe("a user whom Flask has signed in", () => {
  test.each([
    ["with flask", FLASK],
    ["with flask and an absolute lifetime", { ...FLASK, absoluteLifetime: 9 * HOUR }],
    ["without flask", { digest: "sha1", cookie: { name: "session" } } as const],
  ])(
    "a user whom Flask has signed in has authenticated at an unknown time, also after a change, %s",
    async (_name, settings) => {
      visitor = fixture.makeVisitor({ settings });
      for (const created of [undefined, "2026-11-23", fixture.clock.seconds + 999_999]) {
        const values = created === undefined ? { _user: ADA } : { _user: ADA, _created: created };
        const { result } = await visitor.visit(
          (session) => [session.set("a", 1).user, session.authentication],
          flaskSaves(values),
        );
        expect(result).toEqual([ADA, {}]);
        expect((await visitor.visit((session) => [session.user, session.authenticatedAt])).result).toEqual([
          ADA,
          undefined,
        ]);
      }
    },
  );

  test("a user whom Flask has signed in has the time of a sign-in by a function after the settings have changed", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    const at = new Date(fixture.clock.now());
    fixture.clock.advance(HOUR);
    await visitor.visit((session) => session.set("a", 1));
    const later = fixture.makeVisitor({ settings: { ...FLASK, absoluteLifetime: 9 * HOUR } });
    const { result } = await later.visit((session) => session.authenticatedAt, {
      cookies: [`session=${visitor.token}`],
    });
    expect(result).toEqual(at);
  });
});

describe("a session without the time of its creation", () => {
  test("createdAt is the time of the signature", async () => {
    await visitor.visit((session) => session.set("a", 1));
    const signed = fixture.clock.now();
    fixture.clock.advance(HOUR);
    const { result } = await visitor.visit(({ createdAt }) => createdAt);
    expect(result).toEqual(new Date(signed));
  });

  test("createdAt is the time of the signature also if Flask stores a time of its own under _created", async () => {
    const request = flaskSaves({ a: 1, _created: 5 });
    const { result } = await visitor.visit(({ createdAt }) => createdAt, request);
    expect(result).toEqual(new Date(fixture.clock.now()));
  });

  test("the cookie of a permanent session is sent with its whole lifetime", async () => {
    await visitor.visit((session) => {
      session.set("a", 1);
      session.permanent = true;
    });
    fixture.clock.advance(HOUR);
    const { setCookie } = await visitor.visit((session) => session.get("a"));
    expect(setCookie).toContain("Max-Age=2678400");
  });

  test("the cookie is deleted when a function removes the only key of Flask's session", async () => {
    const { setCookie } = await visitor.visit((session) => session.delete("a"), flaskSaves({ a: 1 }));
    expect(setCookie).toMatch(/^session=; Max-Age=0/);
  });
});

describe("a key _sid of Flask's own", () => {
  test("a function reads the _sid of a Flask application, and session.id is undefined", async () => {
    const { result } = await visitor.visit(
      (session) => [session.get("_sid"), session.has("_sid"), session.keys(), session.id],
      flaskSaves({ _sid: "their own" }),
    );
    expect(result).toEqual(["their own", true, ["_sid"], undefined]);
  });

  test("a function changes the _sid of a Flask application", async () => {
    await visitor.visit((session) => session.set("_sid", "ours"), flaskSaves({ _sid: "theirs" }));
    expect(itemsInFlask()).toEqual({ _sid: "ours" });
  });

  test("the _sid of a Flask application keeps the session's cookie, because it is data", async () => {
    await visitor.visit((session) => session.delete("a"), flaskSaves({ a: 1, _sid: "theirs" }));
    expect(itemsInFlask()).toEqual({ _sid: "theirs" });
  });
});

describe("a lifetime of the session's own", () => {
  test("Flask shows a lifetime of the session's own as _lifetime, as long as it is set", async () => {
    await visitor.visit((session) => {
      session.set("a", 1);
      session.lifetime = HOUR;
    });
    expect(itemsInFlask()).toEqual({ a: 1, _lifetime: HOUR });
    await visitor.visit((session) => {
      session.lifetime = undefined;
    });
    expect(itemsInFlask()).toEqual({ a: 1 });
  });

  test("the cookie of a permanent session carries the lifetime of its own as Max-Age, and the end of it as Expires", async () => {
    const { setCookie } = await visitor.visit((session) => {
      session.set("a", 1);
      session.permanent = true;
      session.lifetime = HOUR;
    });
    const expires = new Date(fixture.clock.now() + HOUR * 1000).toUTCString();
    expect(setCookie).toContain(`; Max-Age=${HOUR}; Path=/; Expires=${expires};`);
  });

  test.each(["3600", -5, 1.5, 1e300, true, null, {}])(
    "a value %j that is no lifetime is ignored, and the session has that of the settings",
    async (value) => {
      const { result } = await visitor.visit(
        (session) => [session.get("a"), session.lifetime],
        flaskSaves({ a: 1, _lifetime: value }),
      );
      expect(result).toEqual([1, 2_678_400]);
    },
  );

  test("a lifetime longer than the setting is bounded by it", async () => {
    const short = fixture.makeVisitor({ settings: { ...FLASK, lifetime: HOUR } });
    const cookies = flaskSaves({ a: 1, _lifetime: 5 * HOUR });
    expect((await short.visit((session) => session.lifetime, cookies)).result).toBe(HOUR);
    fixture.clock.advance(HOUR + 1);
    expect((await short.visit((session) => session.refusal, cookies)).result).toBe("expired");
  });
});
