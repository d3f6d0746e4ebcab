import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import type { KeyProvider } from "../../../shared/crypto/secret-keys.ts";
import { getSecretString } from "../../../shared/keys/secrets-manager.ts";
import { secretsManagerKeys } from "../../../shared/keys/secrets-manager-keys.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import { SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import {
  FakeSecretsManager,
  failure,
  type ScriptedAnswer,
  secretAnswer,
} from "../../support/fake-secrets-manager.ts";
import { HOUR, KEY as OLD_KEY, showing } from "../cookie/secure-cookie-fixture.ts";

const NEW_KEY = "a secret key of at least 32 bytes, which is new";
const STRANGE_KEY = "a secret key of at least 32 bytes, of a forger";

const fake = new FakeSecretsManager();
let clock: Clock;
let log: SessionLogCollector;
let store: MemoryStore;
let reads: number;

beforeAll(() => fake.start());
afterAll(() => fake.stop());
beforeEach(() => {
  clock = new Clock();
  log = new SessionLogCollector();
  store = new MemoryStore();
  reads = 0;
});

function keysAnswer(...[key, ...fallbacks]: string[]): ScriptedAnswer {
  return secretAnswer(JSON.stringify({ SECRET_KEY: key, SECRET_KEY_FALLBACKS: fallbacks }));
}

/** Returns the key provider of a function that reads keys from the fake Secrets Manager. */
function deployedKeys(): KeyProvider {
  const { environment } = fake;
  const read = () => {
    reads++;
    return getSecretString("keys", environment);
  };
  return secretsManagerKeys({ secretId: "keys", environment, clock: clock.now, read, onError: () => {} });
}

function optionsWith(keys: KeyProvider) {
  return { keys, clock: clock.now, log: log.log, settings: { lifetime: 10 * HOUR } };
}

const interfaces: [name: string, make: (keys: KeyProvider) => SessionInterface][] = [
  ["a cookie session", (keys) => new SecureCookieSessionInterface(optionsWith(keys))],
  [
    "a revocable cookie session",
    (keys) => new RevocableCookieSessionInterface({ ...optionsWith(keys), store }),
  ],
  ["a server-side session", (keys) => new ServerSideSessionInterface({ ...optionsWith(keys), store })],
];

const read = (session: Session) => session.get("a");
describe.each(interfaces)("%s", (_name, make) => {
  /** Returns a visitor whose session another function saved, signed with this key. */
  async function visitorOf(key: string): Promise<Visitor> {
    const visitor = new Visitor(
      make(async () => [key]),
      new CookieJar(clock.now),
    );
    await visitor.visit((session) => session.set("a", 1));
    return visitor;
  }

  async function cookieOf(key: string): Promise<{ readonly cookies: readonly string[] }> {
    return showing((await visitorOf(key)).token ?? "");
  }

  /** Returns a visitor of a function that has already read its keys. */
  async function warmFunction(...answers: ScriptedAnswer[]): Promise<Visitor> {
    fake.script(keysAnswer(OLD_KEY), ...answers);
    const visitor = new Visitor(make(deployedKeys()), new CookieJar(clock.now));
    await visitor.visit(() => {});
    return visitor;
  }

  test("a session that was signed with a key unknown to this function is found after the keys are read again", async () => {
    const cookie = await cookieOf(NEW_KEY);
    const visitor = await warmFunction(keysAnswer(NEW_KEY, OLD_KEY));
    expect((await visitor.visit(read, cookie)).result).toBe(1);
    expect(log.records).toEqual([]);
    expect(reads).toBe(2);
  });

  test("a session is signed with the new key after the keys were read again", async () => {
    const cookie = await cookieOf(NEW_KEY);
    const visitor = await warmFunction(keysAnswer(NEW_KEY, OLD_KEY));
    await visitor.visit(read, cookie);
    await visitor.visit((session) => session.set("a", 2));
    const reader = new Visitor(
      make(async () => [NEW_KEY]),
      visitor.jar,
    );
    expect((await reader.visit(read)).result).toBe(2);
  });

  test("the keys are not read again when a known key signed one of the cookies", async () => {
    const cookie = await cookieOf(OLD_KEY);
    const visitor = await warmFunction("hang up");
    expect((await visitor.visit(read, cookie)).result).toBe(1);
    const both = showing(`${(await visitorOf(STRANGE_KEY)).token}; ${cookie.cookies[0]}`);
    expect((await visitor.visit(read, both)).result).toBe(1);
    expect(reads).toBe(1);
  });

  test("the keys are not read again when the session has expired", async () => {
    const cookie = await cookieOf(OLD_KEY);
    clock.advance(11 * HOUR + 1);
    const visitor = await warmFunction("hang up");
    expect((await visitor.visit(read, cookie)).result).toBeUndefined();
    expect(log.records.map(({ reason }) => reason)).toEqual(["expired"]);
    expect(reads).toBe(1);
  });

  test.each(["hello", "hello.world"])(
    "the keys are not read again for a malformed cookie: %s",
    async (value) => {
      const visitor = await warmFunction("hang up");
      await visitor.visit(read, showing(value));
      expect(log.records.map(({ reason }) => reason)).toEqual(["malformed"]);
      expect(reads).toBe(1);
    },
  );

  test("a forged cookie is refused and logged once when the newest keys do not verify it either", async () => {
    const cookie = await cookieOf(STRANGE_KEY);
    const visitor = await warmFunction(keysAnswer(NEW_KEY, OLD_KEY));
    expect((await visitor.visit(read, cookie)).result).toBeUndefined();
    expect(log.records.map(({ event, reason }) => [event, reason])).toEqual([
      ["session_refused", "bad_signature"],
    ]);
  });

  test.each<[string, ScriptedAnswer]>([
    ["cannot be reached", "hang up"],
    ["throttles", failure(400, "ThrottlingException")],
    ["returns an invalid secret", secretAnswer("{")],
  ])(
    "a cookie with an unknown signature is refused, without an error, when Secrets Manager %s",
    async (_what, answer) => {
      const cookie = await cookieOf(NEW_KEY);
      const visitor = await warmFunction(answer);
      expect((await visitor.visit(read, cookie)).result).toBeUndefined();
      expect(log.records.map(({ reason }) => reason)).toEqual(["bad_signature"]);
      expect(reads).toBe(2);
    },
  );

  test("a session that the handler does not use needs no Vary, even if the keys were read again", async () => {
    const cookie = await cookieOf(STRANGE_KEY);
    const visitor = await warmFunction(keysAnswer(OLD_KEY));
    expect(await visitor.visit(() => "unused", cookie)).toEqual({ result: "unused", vary: false });
    expect(reads).toBe(2);
  });

  test("a flood of forged cookies causes one read of the keys in 30 seconds", async () => {
    const cookie = await cookieOf(STRANGE_KEY);
    const { cookies } = cookie;
    fake.script(keysAnswer(OLD_KEY));
    const sessions = make(deployedKeys());
    await sessions.open({ cookies: [], ...BARE_REQUEST });
    for (let second = 0; second < 90; second++) {
      const parallel = Array.from({ length: 20 }, async () => sessions.open({ cookies, ...BARE_REQUEST }));
      for (const session of await Promise.all(parallel)) expect(session.isNew).toBe(true);
      clock.advance(1);
    }
    expect(reads).toBe(1 + 90 / 30);
    expect(fake.requests).toHaveLength(reads);
    expect(log.records).toHaveLength(90 * 20);
  });

  test("a request fails with SessionUnavailableError when refreshKeys of an own key provider fails", async () => {
    const cookie = await cookieOf(NEW_KEY);
    const cause = new Error("the keys are gone");
    for (const refreshKeys of [() => Promise.reject(cause), async () => thrown(cause)]) {
      const visitor = new Visitor(make(Object.assign(async () => [OLD_KEY], { refreshKeys })));
      const error = await visitor.visit(read, cookie).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SessionUnavailableError);
      expect(error).toMatchObject({ cause });
    }
  });
});

function thrown(error: Error): never {
  throw error;
}
