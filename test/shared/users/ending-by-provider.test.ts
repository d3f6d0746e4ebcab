import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier, hashProviderSession } from "../../../shared/crypto/identifiers.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Authentication } from "../../../shared/session/sign-in/authentication.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { KEY } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, idOf } from "../server-side/server-side-fixture.ts";
import { SteeredStore } from "../server-side/steered-store.ts";

const ISSUER = "https://provider.example";
const FIRST = { issuer: ISSUER, providerSessionId: "first" };
const SECOND = { issuer: ISSUER, providerSessionId: "second" };
const OTHER = { issuer: "https://other.example", providerSessionId: "first" };

const STORAGES = {
  dynamodb: ServerSideSessionInterface,
  "revocable-cookie": RevocableCookieSessionInterface,
};

describe.each(Object.keys(STORAGES) as (keyof typeof STORAGES)[])("with storage=%s", (storage) => {
  let clock: Clock;
  let log: SessionLogCollector;
  let steered: SteeredStore;
  let directory: SessionDirectory;

  beforeEach(() => {
    clock = new Clock();
    log = new SessionLogCollector();
    steered = new SteeredStore();
    const { store } = steered;
    const options = { clock: clock.now, log: log.log };
    directory = new SessionDirectory({ users: store, ...(storage === "dynamodb" && { store }), ...options });
  });

  function makeVisitor(): Visitor {
    const options = { keys: [KEY], store: steered.store, clock: clock.now, log: log.log };
    return new Visitor(new STORAGES[storage](options), new CookieJar(clock.now));
  }

  const signIn = (visitor: Visitor, authentication?: Authentication, user = ADA) =>
    visitor.visit((session) => session.signIn(user, { authentication }));

  async function signedIn(authentication?: Authentication, user = ADA): Promise<Visitor> {
    const visitor = makeVisitor();
    await signIn(visitor, authentication, user);
    return visitor;
  }

  const isSignedIn = async (visitor: Visitor) =>
    (await visitor.visit((session) => session.user !== undefined)).result;

  test("a session ends at its next request, and those of other sessions, providers and users do not", async () => {
    const ended = [await signedIn(FIRST), await signedIn(FIRST)];
    const kept = [
      await signedIn(SECOND),
      await signedIn({ issuer: ISSUER }),
      await signedIn(OTHER),
      await signedIn(),
      await signedIn(FIRST, BOB),
    ];
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" })).toBe(2);
    for (const visitor of ended) {
      const { result } = await visitor.visit(({ user, refusal }) => ({ user, refusal }));
      expect(result).toEqual({ user: undefined, refusal: "revoked" });
      expect(visitor.token).toBeUndefined();
    }
    for (const visitor of kept) expect(await isSignedIn(visitor)).toBe(true);
  });

  test("without a session id all sessions of the issuer end, and those of others do not", async () => {
    const ended = [await signedIn(FIRST), await signedIn(SECOND), await signedIn({ issuer: ISSUER })];
    const kept = [await signedIn(OTHER), await signedIn(), await signedIn(FIRST, BOB)];
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER })).toBe(3);
    for (const visitor of ended) expect(await isSignedIn(visitor)).toBe(false);
    for (const visitor of kept) expect(await isSignedIn(visitor)).toBe(true);
  });

  test("the log names each session that the provider has ended, and the reason", async () => {
    const visitor = await signedIn(FIRST);
    const session = await idOf(visitor);
    await signedIn(OTHER);
    log.records.length = 0;
    await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" });
    expect(log.records).toEqual([
      { level: "INFO", event: "session_revoked", session, reason: "provider_sign_out" },
    ]);
  });

  test("a session that the provider does not know any more is not counted and not logged", async () => {
    await signedIn(FIRST);
    log.records.length = 0;
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "unknown" })).toBe(0);
    expect(await directory.endByProvider(BOB.id, { issuer: ISSUER, sessionId: "first" })).toBe(0);
    expect(log.records).toEqual([]);
  });

  test("the list contains hashes of the provider's session, and neither the issuer nor its id", async () => {
    await signedIn(FIRST);
    const record = await steered.store.readUser(hashIdentifier(ADA.id));
    const [entry] = [...(record?.sessions.values() ?? [])];
    expect(entry?.providerSession).toBe(hashProviderSession(ISSUER, "first"));
    expect(entry?.providerSession).toMatch(/^[\w-]{44}$/);
  });

  test("a renewed session is still ended by the provider", async () => {
    const visitor = await signedIn(FIRST);
    clock.advance(60);
    await visitor.visit((session) => session.renew());
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" })).toBe(1);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test.each([
    ["of the application itself", undefined],
    ["of another session of the provider", SECOND],
    ["of another provider", OTHER],
  ])("a later sign-in %s in the same session is not ended", async (_description, later) => {
    const visitor = await signedIn(FIRST);
    clock.advance(60);
    await signIn(visitor, later);
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" })).toBe(0);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  test("a sign-in that is listed while the list is read ends too, with one write that misses none", async () => {
    const first = await signedIn(FIRST);
    const late = makeVisitor();
    const password = makeVisitor();
    steered.before("removeProviderSessions", async () => {
      await signIn(late, FIRST);
      await signIn(password);
    });
    expect(await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" })).toBe(2);
    const signedInNow = [await isSignedIn(first), await isSignedIn(late), await isSignedIn(password)];
    expect(signedInNow).toEqual([false, false, true]);
    expect(steered.names.filter((name) => name === "removeProviderSessions")).toHaveLength(1);
  });

  test("a change of the session under way fails, because the provider has ended the session", async () => {
    const visitor = await signedIn(FIRST);
    const change = visitor.visit(async (session) => {
      session.set("a", 1);
      await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" });
    });
    await (storage === "dynamodb"
      ? expect(change).rejects.toMatchObject({ name: "SessionConflictError" })
      : change);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test.each([FIRST, OTHER, undefined])(
    "a sign-in that is saved after the removal stays, with the authentication %o",
    async (authentication) => {
      const visitor = await signedIn(FIRST);
      clock.advance(60);
      steered.after("removeProviderSessions", () => signIn(visitor, authentication));
      await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" });
      expect(await isSignedIn(visitor)).toBe(true);
    },
  );

  test.each([OTHER, undefined])(
    "a sign-in under way that is saved between the removal and the end of the record stays, with %o",
    async (authentication) => {
      const visitor = await signedIn(FIRST);
      clock.advance(60);
      const removed = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      const signingIn = visitor.visit(async (session) => {
        session.signIn(ADA, { authentication });
        opened.resolve();
        await removed.promise;
      });
      await opened.promise;
      log.records.length = 0;
      steered.after("removeProviderSessions", async () => {
        removed.resolve();
        await signingIn;
      });
      await directory.endByProvider(ADA.id, { issuer: ISSUER, sessionId: "first" });
      expect(await isSignedIn(visitor)).toBe(true);
    },
  );

  test.each<[string, Authentication]>([
    ["issuer", { providerSessionId: "first" }],
    ["providerSessionId", { issuer: ISSUER, providerSessionId: "" }],
    ["providerSessionId", { issuer: ISSUER, providerSessionId: 7 as never }],
  ])("a wrong %s of the provider's session is rejected, and nobody is signed in: %o", async (part, wrong) => {
    const visitor = makeVisitor();
    const error = { name: "TypeError", message: expect.stringContaining(part) };
    await expect(signIn(visitor, wrong)).rejects.toThrow(expect.objectContaining(error));
    expect(await isSignedIn(visitor)).toBe(false);
  });
});
