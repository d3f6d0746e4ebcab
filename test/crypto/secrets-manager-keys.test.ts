import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { OptionError } from "../../shared/crypto/option-error.ts";
import type { KeyProvider, SecretKeys } from "../../shared/crypto/secret-keys.ts";
import {
  parseSecretKeys,
  type SecretsManagerKeysOptions,
  secretsManagerKeys,
} from "../../shared/crypto/secrets-manager-keys.ts";
import { Clock } from "../support/clock.ts";
import {
  FakeSecretsManager,
  failure,
  type ScriptedAnswer,
  secretAnswer,
} from "../support/fake-secrets-manager.ts";

const KEY = "current-0123456789abcdef0123456789abcdef";
const OLD_KEY = "previous-0123456789abcdef0123456789abcdef";
const SHORT_KEY = "too-short-0123456789";
const fake = new FakeSecretsManager();
let clock: Clock;
let pauses: number[];
let errors: Error[];

beforeAll(() => fake.start());
afterAll(() => fake.stop());
beforeEach(() => {
  clock = new Clock();
  pauses = [];
  errors = [];
});

function keysAnswer(...[key, ...fallbacks]: string[]): ScriptedAnswer {
  return secretAnswer(JSON.stringify({ SECRET_KEY: key, SECRET_KEY_FALLBACKS: fallbacks }));
}

function provider(options: Partial<SecretsManagerKeysOptions> = {}): KeyProvider {
  return secretsManagerKeys({
    secretId: "session-keys",
    environment: fake.environment,
    clock: clock.now,
    wait: async (milliseconds) => pauses.push(milliseconds),
    onError: (error) => errors.push(error),
    ...options,
  });
}

async function errorOf(keys: SecretKeys | Promise<SecretKeys>): Promise<Error> {
  return Promise.resolve(keys).then(
    () => expect.unreachable("there was no error"),
    (error) => error,
  );
}

describe("keys from Secrets Manager", () => {
  test("are the secret key and its fallbacks, newest first", async () => {
    fake.script(keysAnswer(KEY, OLD_KEY));
    expect(await provider()()).toEqual([KEY, OLD_KEY]);
  });

  test("need no fallbacks", async () => {
    fake.script(secretAnswer(JSON.stringify({ SECRET_KEY: KEY })));
    expect(await provider()()).toEqual([KEY]);
  });

  test("are not asked for before the first use", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    expect(fake.requests).toHaveLength(0);
    await keys();
    expect(fake.requests).toHaveLength(1);
  });

  test("are given at once while they are fresh, and always as the same list", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(299);
    expect(keys()).toBe(list);
    expect(fake.requests).toHaveLength(1);
  });

  test("are read again after five minutes", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY, OLD_KEY));
    const keys = provider();
    expect(await keys()).toEqual([OLD_KEY]);
    clock.advance(300);
    expect(await keys()).toEqual([KEY, OLD_KEY]);
    expect(fake.requests).toHaveLength(2);
  });

  test("are read again when the setting says so", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider({ maxAge: 60 });
    await keys();
    clock.advance(59);
    await keys();
    expect(fake.requests).toHaveLength(1);
    clock.advance(1);
    await keys();
    expect(fake.requests).toHaveLength(2);
  });

  test("stay the same list when the text is the same, so that nothing is derived again", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(300);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(keys()).toBe(list);
  });

  test("are asked for once by parallel callers", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const [first, ...others] = await Promise.all([keys(), keys(), keys(), keys()]);
    expect(others).toEqual([first, first, first]);
    expect(fake.requests).toHaveLength(1);
  });

  test("are asked for once by parallel callers when they are read again", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(300);
    await Promise.all([keys(), keys(), keys()]);
    expect(fake.requests).toHaveLength(2);
  });
});

describe("a failure that may pass", () => {
  test.each<[string, ScriptedAnswer]>([
    ["throttling", failure(400, "ThrottlingException")],
    ["a server error", failure(500, "InternalServiceError")],
    ["a connection that breaks", "hang up"],
  ])("is tried again after a pause: %s", async (_name, answer) => {
    fake.script(answer, keysAnswer(KEY));
    expect(await provider()()).toEqual([KEY]);
    expect(pauses).toEqual([100]);
    expect(errors).toEqual([]);
  });

  test("is tried again twice, then the promise rejects with it", async () => {
    fake.script(failure(503, "ServiceUnavailable"));
    const { message } = await errorOf(provider()());
    expect(message).toBe("Secrets Manager answered 503 ServiceUnavailable");
    expect(pauses).toEqual([100, 300]);
    expect(fake.requests).toHaveLength(3);
  });

  test("keeps its cause", async () => {
    fake.script("hang up");
    const error = await errorOf(provider()());
    expect(error.message).toBe("Secrets Manager cannot be reached");
    expect(error.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("rejects for all parallel callers", async () => {
    fake.script("hang up");
    const keys = provider();
    const results = await Promise.allSettled([keys(), keys()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(fake.requests).toHaveLength(3);
  });

  test("does not outlast itself: the next call asks again", async () => {
    fake.script(failure(500, ""), failure(500, ""), failure(500, ""), keysAnswer(KEY));
    const keys = provider();
    await errorOf(keys());
    expect(await keys()).toEqual([KEY]);
  });
});

describe("a failure that will not pass", () => {
  test.each<[string, ScriptedAnswer, string]>([
    ["access denied", failure(400, "AccessDeniedException"), "AccessDeniedException"],
    ["an answer that is no JSON", { status: 200, body: "<html>" }, "holds no text"],
    ["a secret in another form", secretAnswer(KEY), "SECRET_KEY"],
    ["a short key", keysAnswer(SHORT_KEY), "secret[0]"],
  ])("rejects without another try: %s", async (_name, answer, message) => {
    fake.script(answer);
    const keys = provider();
    for (const calls of [1, 2]) {
      expect((await errorOf(keys())).message).toContain(message);
      expect(fake.requests).toHaveLength(calls);
    }
    expect(pauses).toEqual([]);
  });
});

describe("when the keys cannot be read again", () => {
  const failures: [string, ScriptedAnswer][] = [
    ["no answer", "hang up"],
    ["access denied", failure(400, "AccessDeniedException")],
    ["an answer that is no JSON", { status: 200, body: "{" }],
    ["a secret in another form", secretAnswer(`{"key":"${KEY}"}`)],
    ["a key that is too short", keysAnswer(KEY, SHORT_KEY)],
  ];

  test.each(failures)("the last good list serves, and each failure is told: %s", async (_name, answer) => {
    fake.script(keysAnswer(KEY), answer);
    const keys = provider();
    const list = await keys();
    for (const failures of [1, 2, 3]) {
      clock.advance(300);
      expect(await keys()).toBe(list);
      expect(errors).toHaveLength(failures);
    }
  });

  test("one try must do while a list is at hand, since a request waits for it", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    const list = await keys();
    clock.advance(300);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(pauses).toEqual([]);
  });

  test("the next look is ten seconds later", async () => {
    fake.script(keysAnswer(OLD_KEY), failure(400, "AccessDeniedException"), keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(300);
    await keys();
    clock.advance(9);
    expect(keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    clock.advance(1);
    expect(await keys()).toEqual([KEY]);
    expect(errors).toHaveLength(1);
  });

  test("they are fresh for the whole time again once they could be read", async () => {
    fake.script(keysAnswer(KEY), failure(400, "AccessDeniedException"), keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(300);
    await keys();
    clock.advance(10);
    await keys();
    clock.advance(299);
    await keys();
    expect(fake.requests).toHaveLength(3);
  });

  test.each(failures)("neither error nor log tells a key: %s", async (_name, answer) => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    for (const format of ["JSON", ""]) {
      vi.stubEnv("AWS_LAMBDA_LOG_FORMAT", format);
      fake.script(keysAnswer(KEY), answer);
      const keys = secretsManagerKeys({
        secretId: "session-keys",
        environment: fake.environment,
        clock: clock.now,
        wait: async () => {},
      });
      await keys();
      clock.advance(300);
      await keys();
    }
    const [[record], [line]] = logged.mock.calls as [[object], [string]];
    expect(record).toMatchObject({ level: "ERROR", event: "keys_not_refreshed" });
    expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(record)));
    expect(line).not.toMatch(/0123456789|current-|previous-|too-short-/);
    expect(line.split("\n")).toHaveLength(1);
  });
});

describe("the secret's text", () => {
  test.each<[string, unknown]>([
    ["with fallbacks", { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY] }],
    [
      "with further names, which are left alone",
      { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY], other: 1 },
    ],
  ])("is Flask's configuration %s", (_name, secret) => {
    expect(parseSecretKeys(JSON.stringify(secret))).toEqual([KEY, OLD_KEY]);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["no JSON", KEY],
    ["JSON cut off", `{"SECRET_KEY":"${KEY}`],
    ["null", "null"],
    ["text", `"${KEY}"`],
    ["a list", `["${KEY}"]`],
    ["an object without the key", `{"SECRET_KEY_FALLBACKS":["${KEY}"]}`],
    ["fallbacks that are no list", `{"SECRET_KEY":"${KEY}","SECRET_KEY_FALLBACKS":"${OLD_KEY}"}`],
  ])("says which form it should have when it is %s, and not what it is", (_name, text) => {
    expect(() => parseSecretKeys(text)).toThrow(
      new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }'),
    );
  });

  test.each<[string, unknown, string]>([
    ["a key that is no text", { SECRET_KEY: 5 }, "secret[0]: must be text or bytes"],
    ["a key that is null", { SECRET_KEY: null }, "secret[0]: must be text or bytes"],
    ["a short key", { SECRET_KEY: SHORT_KEY }, "secret[0]: is 20 bytes long, but must be at least 32"],
    [
      "a short fallback",
      { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY, SHORT_KEY] },
      "secret[2]: is 20 bytes long, but must be at least 32",
    ],
  ])("is refused with %s", (_name, secret, message) => {
    expect(() => parseSecretKeys(JSON.stringify(secret))).toThrow(OptionError);
    expect(() => parseSecretKeys(JSON.stringify(secret))).toThrow(new OptionError(...split(message)));
  });

  function split(message: string): [string, string] {
    const [option, problem] = message.split(": ");
    return [`${option}`, `${problem}`];
  }
});
