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

/** Waits until the keys were read so often, and each read has ended. */
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
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(1);
  });

  test.each([
    ["after five minutes", undefined, 300],
    ["when the setting says so", 60, 60],
  ])("are read again %s, in the background: no request waits", async (_when, maxAge, seconds) => {
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

  test("stay the same list when the text is the same, so that nothing is derived again", async () => {
    fake.script(keysAnswer(KEY));
    const keys = provider();
    const list = await keys();
    clock.advance(900);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(await keys()).toBe(list);
  });

  test("are read again before they are used after a quarter of an hour: a key may have been ended", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(900);
    expect(await keys()).toEqual([KEY]);
  });

  test("are read again before they are used when the clock was set back", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    clock.advance(-3600);
    expect(await keys()).toEqual([KEY]);
    expect(await keys()).toEqual([KEY]);
    expect(fake.requests).toHaveLength(2);
  });

  test("never serve for longer than it takes a published key to sign, even when one read fails", () => {
    const oldest = 3 * 300 + 30;
    expect(oldest).toBeLessThan(LEAST_PUBLISHED);
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
    await untilRead(2);
    expect(fake.requests).toHaveLength(2);
    clock.advance(900);
    await Promise.all([keys(), keys(), keys()]);
    expect(fake.requests).toHaveLength(3);
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

  test("does not outlast itself: a second later the next call asks again", async () => {
    fake.script(failure(500, ""), failure(500, ""), failure(500, ""), keysAnswer(KEY));
    const keys = provider();
    await errorOf(keys());
    clock.advance(1);
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
      clock.advance(1);
    }
    expect(pauses).toEqual([]);
  });

  test("causes one read a second, however many requests there are", async () => {
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

describe("when the keys cannot be read again", () => {
  const failures: [string, ScriptedAnswer][] = [
    ["no answer", "hang up"],
    ["access denied", failure(400, "AccessDeniedException")],
    ["an answer that is no JSON", { status: 200, body: "{" }],
    ["a secret in another form", secretAnswer(`{"key":"${KEY}"}`)],
    ["a key that is too short", keysAnswer(KEY, SHORT_KEY)],
  ];

  test.each(failures)("the last good list serves, and each wait is told: %s", async (_name, answer) => {
    fake.script(keysAnswer(KEY), answer);
    const keys = provider();
    const list = await keys();
    for (const failures of [1, 2, 3]) {
      clock.advance(900);
      expect(await keys()).toBe(list);
      expect(errors).toHaveLength(failures);
    }
  });

  test("one try must do while a list is at hand, since a request waits for it", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    const list = await keys();
    clock.advance(900);
    expect(await keys()).toBe(list);
    expect(fake.requests).toHaveLength(2);
    expect(pauses).toEqual([]);
  });

  test("no request waits for the next tries, which are ten seconds apart", async () => {
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

  test("a request waits every 30 seconds", async () => {
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

  test("what fails in the background and then succeeds is no error", async () => {
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

  test("they are fresh for the whole time again once they could be read", async () => {
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

/** Reads that a test answers when it likes, as one that Lambda froze. */
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

  test("does not hold the request that comes after the sleep, which asks anew", async () => {
    clock.advance(THREE_DAYS);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
  });

  test("brings no list that counts as fresh: it is as old as its question", async () => {
    clock.advance(THREE_DAYS);
    await held.answer(1, OLD_KEY);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
  });

  test("does not delay the next one when it fails, and is no error", async () => {
    clock.advance(THREE_DAYS);
    await held.fail(1);
    const list = keys();
    await held.answer(2, KEY);
    expect(await list).toEqual([KEY]);
    expect(errors).toEqual([]);
  });

  test("changes nothing when its answer comes after that of a later one", async () => {
    clock.advance(THREE_DAYS);
    const list = keys();
    await held.answer(2, KEY);
    await held.answer(1, OLD_KEY);
    expect(await list).toEqual([KEY]);
    expect(await keys()).toEqual([KEY]);
  });

  test("does not hold back further ones when it never ends", async () => {
    clock.advance(10);
    expect(await keys()).toEqual([OLD_KEY]);
    await held.answer(2, KEY);
    expect(await keys()).toEqual([KEY]);
  });
});

describe("a second look for an unknown signature", () => {
  const refreshKeys = (keys: KeyProvider) => keys.refreshKeys?.();

  test("reads fresh keys again", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY, OLD_KEY));
    const keys = provider();
    await keys();
    expect(await refreshKeys(keys)).toEqual([KEY, OLD_KEY]);
    expect(await keys()).toEqual([KEY, OLD_KEY]);
  });

  test("is one for parallel callers", async () => {
    fake.script(keysAnswer(OLD_KEY), keysAnswer(KEY));
    const keys = provider();
    await keys();
    const looks = Array.from({ length: 50 }, () => refreshKeys(keys));
    expect(new Set(await Promise.all(looks))).toEqual(new Set([[KEY]]));
    expect(fake.requests).toHaveLength(2);
  });

  test.each<[string, ScriptedAnswer]>([
    ["finds nothing new", keysAnswer(KEY)],
    ["fails", "hang up"],
    ["is throttled", failure(400, "ThrottlingException")],
  ])("is made once in 30 seconds, however many ask, when it %s", async (_what, answer) => {
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

  test("gives the list at hand at once while none is due", async () => {
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

  test("is told when it fails, and leaves the list at hand", async () => {
    fake.script(keysAnswer(KEY), "hang up");
    const keys = provider();
    const list = await keys();
    expect(await refreshKeys(keys)).toBe(list);
    expect(errors.map(({ message }) => message)).toEqual(["Secrets Manager cannot be reached"]);
  });

  test("rejects where there never was a list", async () => {
    fake.script(failure(400, "AccessDeniedException"));
    await expect(refreshKeys(provider())).rejects.toThrow("AccessDeniedException");
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
    ["a key that is no text", { SECRET_KEY: 5 }, "secret[0]: must be a string or a Uint8Array"],
    ["a key that is null", { SECRET_KEY: null }, "secret[0]: must be a string or a Uint8Array"],
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
