import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { KeyProvider, SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { LEAST_PUBLISHED } from "../../../shared/keys/key-ring.ts";
import { getSecretString, RetryableError } from "../../../shared/keys/secrets-manager.ts";
import {
  parseSecretKeys,
  type SecretsManagerKeysOptions,
  secretsManagerKeys,
} from "../../../shared/keys/secrets-manager-keys.ts";
import { OptionError } from "../../../shared/options/option-error.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import {
  FakeSecretsManager,
  failure,
  type ScriptedAnswer,
  secretAnswer,
} from "../../support/fake-secrets-manager.ts";

const KEY = "current-0123456789abcdef0123456789abcdef";
const OLD_KEY = "previous-0123456789abcdef0123456789abcdef";
const SHORT_KEY = "too-short-0123456789";
const fake = new FakeSecretsManager();
let clock: Clock;
let pauses: number[];
let errors: Error[];
let reads: Promise<string>[];

beforeAll(() => fake.start());
afterAll(() => fake.stop());
beforeEach(() => {
  clock = new Clock();
  pauses = [];
  errors = [];
  reads = [];
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
    read: () => {
      const read = getSecretString("session-keys", fake.environment);
      reads.push(read);
      return read;
    },
    ...options,
  });
}

/** Waits until the keys were read this many times and each read has ended. */
async function untilRead(times: number): Promise<void> {
  expect(reads).toHaveLength(times);
  await Promise.allSettled(reads);
  await new Promise(setImmediate);
  expect(fake.requests).toHaveLength(times);
}

async function errorOf(keys: SecretKeys | Promise<SecretKeys>): Promise<Error> {
  return Promise.resolve(keys).then(
    () => expect.unreachable("there was no error"),
    (error) => error,
  );
}

describe("keys from Secrets Manager", () => {
  test("the keys are the secret key and its fallbacks, newest first", async () => {
    fake.script(keysAnswer(KEY, OLD_KEY));
    expect(await provider()()).toEqual([KEY, OLD_KEY]);
  });

  test("the keys of a secret without fallbacks are the secret key only", async () => {
    fake.script(secretAnswer(JSON.stringify({ SECRET_KEY: KEY })));
    expect(await provider()()).toEqual([KEY]);
  });

  test("the keys are not read before the first use", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    expect(fake.requests).toHaveLength(0);
    await keys();
    expect(fake.requests).toHaveLength(1);
  });

  test("fresh keys are returned from the cache, always as the same array", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(299);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(1);
  });

  test.each([
    ["after five minutes", undefined, 300],
    ["after a maxAge of 60 seconds", 60, 60],
  ])("the keys are read again in the background %s, and no request waits", async (_when, maxAge, seconds) => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY, OLD_KEY));
    const keys = provider(maxAge === undefined ? {} : { maxAge });
    const list = await keys();
    clock.advance(seconds - 1);
    expect(await keys()).toBe(list);
    clock.advance(1);
    expect(await keys()).toBe(list);
    await untilRead(2);
    expect(await keys()).toEqual([KEY, OLD_KEY]);
  });

  test("an unchanged secret returns the same array, so no key is derived again", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(900);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(await keys()).toBe(list);
  });

  test("keys older than 15 minutes are read again before they are used, because one may have been ended", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(900);
    expect(await keys()).toEqual([KEY]);
  });

  test("the keys are read again before they are used if the clock was set back", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(-3600);
    expect(await keys()).toEqual([KEY]);
    expect(await keys()).toEqual([KEY]);
    expect(fake.requests).toHaveLength(2);
  });

  test("cached keys are used for a shorter time than a key is published before it signs", () => {
    const oldest = 3 * 300 + 30;
    expect(oldest).toBeLessThan(LEAST_PUBLISHED);
  });

  test("parallel callers cause one first read", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const [first, ...others] = await Promise.all([keys(), keys(), keys(), keys()]);
    expect(others).toEqual([first, first, first]);
    expect(fake.requests).toHaveLength(1);
  });

  test("parallel callers cause one further read", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(300);
    await Promise.all([keys(), keys(), keys()]);
    await untilRead(2);
    expect(fake.requests).toHaveLength(2);
    clock.advance(900);
    await Promise.all([keys(), keys(), keys()]);
    expect(fake.requests).toHaveLength(3);
  });
});

describe("a temporary failure", () => {
  test.each<[string, ScriptedAnswer]>([
    ["throttling", failure(400, "ThrottlingException")],
    ["a server error", failure(500, "InternalServiceError")],
    ["a broken connection", "hang up"],
  ])("a read is retried after %s", async (_name, answer) => {
    fake.script(answer, keysAnswer(KEY));
    expect(await provider()()).toEqual([KEY]);
    expect(pauses).toEqual([100]);
    expect(errors).toEqual([]);
  });

  test("a read is retried twice, then the promise rejects with the error", async () => {
    fake.script(failure(503, "ServiceUnavailable"));
    const { message } = await errorOf(provider()());
    expect(message).toBe("Secrets Manager responded with 503 ServiceUnavailable");
    expect(pauses).toEqual([100, 300]);
    expect(fake.requests).toHaveLength(3);
  });

  test("the error of a failed connection has a cause", async () => {
    fake.script("hang up");
    const error = await errorOf(provider()());
    expect(error.message).toBe("Secrets Manager cannot be reached; see the cause");
    expect(error.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("a failed first read rejects for all parallel callers", async () => {
    fake.script("hang up");
    const keys = provider();
    const results = await Promise.allSettled([keys(), keys()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(fake.requests).toHaveLength(3);
  });

  test("a call reads again a second after a failed first read", async () => {
    fake.script(failure(500, ""), failure(500, ""), failure(500, ""), keysAnswer(KEY));
    const keys = provider();
    await errorOf(keys());
    clock.advance(1);
    expect(await keys()).toEqual([KEY]);
  });
});

describe("a permanent failure", () => {
  test.each<[string, ScriptedAnswer, string]>([
    ["access denied", failure(400, "AccessDeniedException"), "AccessDeniedException"],
    ["a response that is not JSON", { status: 200, body: "<html>" }, "contains no SecretString"],
    ["a malformed secret", secretAnswer(KEY), "SECRET_KEY"],
    ["a short key", keysAnswer(SHORT_KEY), "secret[0]"],
  ])("a first read rejects without a retry after %s", async (_name, answer, message) => {
    fake.script(answer);
    const keys = provider();
    for (const calls of [1, 2]) {
      expect((await errorOf(keys())).message).toContain(message);
      expect(fake.requests).toHaveLength(calls);
      clock.advance(1);
    }
    expect(pauses).toEqual([]);
  });

  test("a permanent failure causes one read per second for any number of requests", async () => {
    fake.script(failure(400, "AccessDeniedException"));
    const keys = provider();
    for (let second = 0; second < 3; second++) {
      for (let request = 0; request < 50; request++)
        expect((await errorOf(keys())).message).toContain("AccessDeniedException");
      clock.advance(1);
    }
    expect(fake.requests).toHaveLength(3);
  });
});

describe("a failed further read", () => {
  const failures: [string, ScriptedAnswer][] = [
    ["a broken connection", "hang up"],
    ["access denied", failure(400, "AccessDeniedException")],
    ["a response that is not JSON", { status: 200, body: "{" }],
    ["a malformed secret", secretAnswer(`{"key":"${KEY}"}`)],
    ["a key that is too short", keysAnswer(KEY, SHORT_KEY)],
  ];

  test.each(failures)(
    "cached keys are used and each failed wait is reported after %s",
    async (_name, answer) => {
      fake.script(keysAnswer(KEY), answer);
      const keys = provider();
      const list = await keys();
      for (const failures of [1, 2, 3]) {
        clock.advance(900);
        expect(await keys()).toBe(list);
        expect(errors).toHaveLength(failures);
      }
    },
  );

  test("a further read has one try, because a request waits for it", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    const list = await keys();
    clock.advance(900);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(pauses).toEqual([]);
  });

  test("no request waits for the next reads, which are ten seconds apart", async () => {
    fake.script(keysAnswer(OLD_KEY), failure(400, "AccessDeniedException"), "hang up", keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(900);
    await keys();
    for (const requests of [3, 4]) {
      clock.advance(9);
      expect(await keys()).toBe(list);
      expect(fake.requests).toHaveLength(requests - 1);
      clock.advance(1);
      expect(await keys()).toBe(list);
      await untilRead(requests);
    }
    expect(await keys()).toEqual([KEY]);
    expect(errors).toHaveLength(1);
  });

  test("a request waits for a read every 30 seconds", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    await keys();
    clock.advance(900);
    await keys();
    clock.advance(29);
    expect(await keys()).toEqual([KEY]);
    await untilRead(3);
    expect(errors).toHaveLength(1);
    clock.advance(1);
    expect(await keys()).toEqual([KEY]);
    expect(errors).toHaveLength(2);
  });

  test("a background read that fails and then succeeds is not reported", async () => {
    fake.script(keysAnswer(OLD_KEY), "hang up", keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(300);
    keys();
    await untilRead(2);
    clock.advance(10);
    keys();
    await untilRead(3);
    expect(await keys()).toEqual([KEY]);
    expect(errors).toEqual([]);
  });

  test("the keys are fresh for the whole maxAge after a successful read", async () => {
    fake.script(keysAnswer(KEY), failure(400, "AccessDeniedException"), keysAnswer(KEY));
    const keys = provider();
    await keys();
    for (const seconds of [900, 300]) {
      clock.advance(seconds);
      await keys();
    }
    clock.advance(299);
    keys();
    await untilRead(3);
    clock.advance(1);
    keys();
    await untilRead(4);
  });

  test.each(failures)("neither error nor log contains a key after %s", async (_name, answer) => {
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
      clock.advance(900);
      await keys();
    }
    const [[record], [line]] = logged.mock.calls as [[object], [string]];
    expect(record).toMatchObject({ level: "ERROR", event: "keys_not_refreshed" });
    expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(record)));
    expect(line).not.toMatch(/0123456789|current-|previous-|too-short-/);
    expect(line.split("\n")).toHaveLength(1);
  });
});

/** Reads that a test completes at any time, like reads that Lambda has frozen. */
class HeldReads {
  readonly #held: { resolve(text: string): void; reject(error: Error): void }[] = [];

  readonly read = (): Promise<string> => {
    return new Promise((resolve, reject) => this.#held.push({ resolve, reject }));
  };

  get count(): number {
    return this.#held.length;
  }

  async answer(index: number, ...[key, ...fallbacks]: string[]): Promise<void> {
    this.#held[index]?.resolve(JSON.stringify({ SECRET_KEY: key, SECRET_KEY_FALLBACKS: fallbacks }));
    await new Promise(setImmediate);
  }

  async fail(index: number): Promise<void> {
    this.#held[index]?.reject(new RetryableError("the connection is gone"));
    await new Promise(setImmediate);
  }
}

describe("a background read that Lambda froze", () => {
  let held: HeldReads;
  let keys: KeyProvider;
  const THREE_DAYS = 3 * 24 * 60 * 60;

  beforeEach(async () => {
    held = new HeldReads();
    keys = provider({ read: held.read });
    const first = keys();
    await held.answer(0, OLD_KEY);
    await first;
    clock.advance(300);
    keys();
    expect(held.count).toBe(2);
  });

  test("a request after a freeze does not wait for the frozen read and reads again", async () => {
    clock.advance(THREE_DAYS);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
  });

  test("the age of keys from a frozen read counts from the beginning of the read", async () => {
    clock.advance(THREE_DAYS);
    await held.answer(1, OLD_KEY);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
  });

  test("a frozen read that fails does not delay the next one and is not reported", async () => {
    clock.advance(THREE_DAYS);
    await held.fail(1);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
    expect(errors).toEqual([]);
  });

  test("a frozen read whose response arrives after a later one changes nothing", async () => {
    clock.advance(THREE_DAYS);
    const list = keys();
    await held.answer(2, KEY);
    await held.answer(1, OLD_KEY);
    expect(await list).toEqual([KEY]);
    expect(await keys()).toEqual([KEY]);
  });

  test("a frozen read that never ends does not prevent further ones", async () => {
    clock.advance(10);
    expect(await keys()).toEqual([OLD_KEY]);
    await held.answer(2, KEY);
    expect(await keys()).toEqual([KEY]);
  });
});

describe("refreshKeys", () => {
  const refreshKeys = (keys: KeyProvider) => keys.refreshKeys?.();

  test("refreshKeys reads the keys again even if they are fresh", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY, OLD_KEY));
    const keys = provider();
    await keys();
    expect(await refreshKeys(keys)).toEqual([KEY, OLD_KEY]);
    expect(await keys()).toEqual([KEY, OLD_KEY]);
  });

  test("parallel calls of refreshKeys cause one read", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    const looks = Array.from({ length: 50 }, () => refreshKeys(keys));
    expect(new Set(await Promise.all(looks))).toEqual(new Set([[KEY]]));
    expect(fake.requests).toHaveLength(2);
  });

  test.each<[string, ScriptedAnswer]>([
    ["returns the same keys", keysAnswer(KEY)],
    ["fails", "hang up"],
    ["is throttled", failure(400, "ThrottlingException")],
  ])("refreshKeys reads once in 30 seconds for any number of calls if the read %s", async (_what, answer) => {
    fake.script(keysAnswer(KEY), answer);
    const keys = provider();
    const list = await keys();
    for (let second = 0; second < 120; second++) {
      for (let forged = 0; forged < 100; forged++) expect(await refreshKeys(keys)).toBe(list);
      clock.advance(1);
    }
    expect(fake.requests).toHaveLength(1 + 120 / 30);
    expect(pauses).toEqual([]);
  });

  test("refreshKeys returns the cached keys while no read is due", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    await refreshKeys(keys);
    clock.advance(29);
    expect(await refreshKeys(keys)).toBe(list);
    clock.advance(1);
    await refreshKeys(keys);
    expect(fake.requests).toHaveLength(3);
  });

  test("a failed read of refreshKeys is reported and keeps the cached keys", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    const list = await keys();
    expect(await refreshKeys(keys)).toBe(list);
    expect(errors.map(({ message }) => message)).toEqual([
      "Secrets Manager cannot be reached; see the cause",
    ]);
  });

  test("refreshKeys rejects if no keys were ever read", async () => {
    fake.script(failure(400, "AccessDeniedException"));
    await expect(refreshKeys(provider())).rejects.toThrow("AccessDeniedException");
  });
});

describe("parseSecretKeys", () => {
  test.each<[string, unknown]>([
    ["with fallbacks", { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY] }],
    ["with other properties", { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY], other: 1 }],
  ])("parseSecretKeys reads Flask's configuration %s", (_name, secret) => {
    expect(parseSecretKeys(JSON.stringify(secret))).toEqual([KEY, OLD_KEY]);
  });

  test.each<[string, string]>([
    ["an empty string", ""],
    ["a string that is not JSON", KEY],
    ["incomplete JSON", `{"SECRET_KEY":"${KEY}`],
    ["null", "null"],
    ["a JSON string", `"${KEY}"`],
    ["an array", `["${KEY}"]`],
    ["an object without the key", `{"SECRET_KEY_FALLBACKS":["${KEY}"]}`],
    [
      "an object with fallbacks that are not an array",
      `{"SECRET_KEY":"${KEY}","SECRET_KEY_FALLBACKS":"${OLD_KEY}"}`,
    ],
  ])("parseSecretKeys rejects %s with the expected format and without the string", (_name, text) => {
    expect(() => parseSecretKeys(text)).toThrow(
      new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }'),
    );
  });

  test.each<[string, unknown, string]>([
    ["a key that is a number", { SECRET_KEY: 5 }, "secret[0]: must be a string or a Uint8Array"],
    ["a key that is null", { SECRET_KEY: null }, "secret[0]: must be a string or a Uint8Array"],
    ["a short key", { SECRET_KEY: SHORT_KEY }, "secret[0]: has 20 bytes, but needs 32"],
    [
      "a short fallback",
      { SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [OLD_KEY, SHORT_KEY] },
      "secret[2]: has 20 bytes, but needs 32",
    ],
  ])("parseSecretKeys rejects %s", (_name, secret, message) => {
    expect(() => parseSecretKeys(JSON.stringify(secret))).toThrow(OptionError);
    expect(() => parseSecretKeys(JSON.stringify(secret))).toThrow(new OptionError(...split(message)));
  });

  function split(message: string): [string, string] {
    const [option, problem] = message.split(": ");
    return [`${option}`, `${problem}`];
  }
});
