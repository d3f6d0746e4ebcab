import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  endKey,
  formatKeyRing,
  keyId,
  LEAST_PUBLISHED,
  MOST_PENDING,
  parseKeyRing,
} from "../../../shared/keys/key-ring.ts";
import {
  type RotationRecord,
  type RotationRequest,
  SecretRotation,
} from "../../../shared/keys/secret-rotation.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { type CallFault, FakeSecret } from "../../support/fake-secret.ts";
import { FakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { KeyWitness, keysIn, LostSessionError } from "./key-witness.ts";

const DAY = 24 * 60 * 60;
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
const TIMES = { period: 30 * DAY, longestLife: 31 * DAY };
/** Secret as CloudFormation generates it. */
const FIRST = JSON.stringify({ SECRET_KEY: "f".repeat(64) });
const FAULTS: readonly CallFault[] = ["throttled", "broken", "cut off", "answer lost"];

const fake = new FakeSecretsManager();
beforeAll(() => fake.start());
afterAll(() => fake.stop());

/** Secret whose changes a witness checks, and functions that rotate it. */
class Scene {
  readonly clock = new Clock();
  readonly secret: FakeSecret;
  readonly log = new LogCollector<RotationRecord>();
  readonly #witness: KeyWitness;
  #isByHand = false;
  /** Errors of the witness. They are collected, because the fake would swallow an exception. */
  #verdict: unknown;

  constructor(text = FIRST, { longestLife } = TIMES) {
    this.secret = new FakeSecret(text);
    this.#witness = new KeyWitness(longestLife);
    this.#witness.see(text, this.clock.seconds);
    this.secret.onChange = (changed) => this.#see(changed);
    fake.script(this.secret.answer);
  }

  /** Returns a new execution environment of the function. */
  rotation(times = TIMES): SecretRotation {
    const wait = async () => {};
    const { log, clock } = this;
    return new SecretRotation({
      environment: fake.environment,
      ...times,
      clock: clock.now,
      wait,
      log: log.log,
    });
  }

  request(Step: string, ClientRequestToken = this.secret.beginRotation()): RotationRequest {
    return { Step, SecretId: "session-keys", ClientRequestToken };
  }

  async rotate(token = this.secret.beginRotation(), times = TIMES): Promise<void> {
    for (const step of STEPS) await this.rotation(times).run(this.request(step, token));
    this.check();
  }

  changeByHand(text: string): void {
    this.#isByHand = true;
    this.secret.change(text);
    this.#isByHand = false;
  }

  /** Ends the current key, as the script end-key does. */
  endCurrent(): string {
    const ring = parseKeyRing(this.secret.text);
    const id = keyId(ring.current.key);
    this.changeByHand(formatKeyRing(endKey(ring, id, this.clock.seconds), this.secret.text));
    return ring.current.key;
  }

  check(): void {
    if (this.#verdict !== undefined) throw this.#verdict;
    this.#witness.see(this.secret.text, this.clock.seconds);
  }

  events(): string[] {
    return this.log.records.map(({ event }) => event);
  }

  #see(text: string): void {
    try {
      if (this.#isByHand) this.#witness.seeByHand(text, this.clock.seconds);
      else this.#witness.see(text, this.clock.seconds);
    } catch (error) {
      this.#verdict ??= error;
    }
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

describe("a rotation", () => {
  test("a rotation publishes a key, and the next rotation makes it current", async () => {
    const [first] = keysIn(FIRST);
    await scene.rotate();
    const [signing, next, ...others] = keysIn(scene.secret.text);
    expect([signing, others]).toEqual([first, []]);
    scene.clock.advance(30 * DAY);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toEqual([next, expect.any(String), first]);
  });

  test("a rotation leaves one version AWSCURRENT and none AWSPENDING", async () => {
    const [before, token] = [scene.secret.idOf("AWSCURRENT"), scene.secret.beginRotation()];
    await scene.rotate(token);
    expect(scene.secret.idOf("AWSCURRENT")).toBe(token);
    expect(scene.secret.idOf("AWSPREVIOUS")).toBe(before);
    expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
  });

  test("a rotation keeps other properties of the secret", async () => {
    scene = new Scene(JSON.stringify({ ...JSON.parse(FIRST), DATABASE: "x" }));
    await scene.rotate();
    expect(JSON.parse(scene.secret.text).DATABASE).toBe("x");
  });

  test("rotations over years keep only the keys that living sessions need", async () => {
    for (let month = 0; month < 60; month++) {
      await scene.rotate();
      scene.clock.advance(30 * DAY);
    }
    // The current one, the next one, and those that retired within little more than 61 days.
    expect(keysIn(scene.secret.text)).toHaveLength(5);
  });

  test("a rotation logs the ids of the keys and never a key", async () => {
    await scene.rotate();
    const keys = keysIn(scene.secret.text);
    expect(scene.log.records).toEqual([
      {
        level: "INFO",
        event: "keys_rotated",
        current: keyId(keys[0] ?? ""),
        next: keyId(keys[1] ?? ""),
        previous: 0,
      },
    ]);
    for (const key of keys) expect(scene.log.text).not.toContain(key);
  });

  test("a rotation does not sign with a key that was published a moment ago", async () => {
    await scene.rotate();
    const keys = keysIn(scene.secret.text);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toEqual(keys);
  });

  test("a rotation does not sign too early with a key that was published late", async () => {
    await scene.rotate();
    scene.clock.advance(30 * DAY);
    const token = scene.secret.beginRotation();
    await scene.rotation().run(scene.request("createSecret", token));
    scene.clock.advance(MOST_PENDING);
    await scene.rotate(token);
    scene.clock.advance(LEAST_PUBLISHED - 1);
    await scene.rotate();
    scene.clock.advance(1);
    const [, next] = keysIn(scene.secret.text);
    await scene.rotate();
    expect(keysIn(scene.secret.text)[0]).toBe(next);
  });

  test("a rotation is abandoned if its new list has waited too long, and the next one begins again", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotation().run(scene.request("createSecret", token));
    scene.clock.advance(MOST_PENDING + 1);
    await scene.rotate(token);
    expect(scene.secret.text).toBe(FIRST);
    expect(scene.log.records).toMatchObject([
      {
        event: "rotation_failed",
        message: "the rotation was abandoned: the new list is too old to be published",
      },
    ]);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toHaveLength(2);
  });
});

describe("a step", () => {
  test("a step may be repeated at any time, even after the rotation", async () => {
    const token = scene.secret.beginRotation();
    for (const [index] of STEPS.entries()) {
      for (const step of STEPS.slice(0, index + 1)) {
        await scene.rotation().run(scene.request(step, token));
        await scene.rotation().run(scene.request(step, token));
      }
    }
    const { text } = scene.secret;
    expect(keysIn(text)).toHaveLength(2);
    for (const step of STEPS) await scene.rotation().run(scene.request(step, token));
    expect(scene.secret.text).toBe(text);
    expect(scene.events()).toEqual(["keys_rotated"]);
  });

  test("a step that arrives very late changes nothing", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotate(token);
    scene.clock.advance(30 * DAY);
    await scene.rotate();
    const { text } = scene.secret;
    await scene.rotation().run(scene.request("finishSecret", token));
    await scene.rotation().run(scene.request("testSecret", token));
    await scene.rotation().run(scene.request("createSecret", token));
    expect(scene.secret.text).toBe(text);
    expect(scene.events()).toEqual(["keys_rotated", "keys_rotated"]);
  });

  test("finishSecret fails if the rotation never began", async () => {
    await expect(scene.rotation().run(scene.request("finishSecret"))).rejects.toThrow("has no SecretString");
    expect(scene.secret.text).toBe(FIRST);
  });

  test("testSecret without a rotation succeeds", async () => {
    await scene.rotation().run(scene.request("testSecret"));
    expect(scene.secret.text).toBe(FIRST);
    expect(scene.log.records).toEqual([]);
  });

  test("a step with an unknown name does nothing", async () => {
    await scene.rotation().run(scene.request("dropSecret"));
    expect(scene.secret.text).toBe(FIRST);
  });

  test("createSecret with an unknown version creates none", async () => {
    await expect(scene.rotation().run(scene.request("createSecret", "no-such-version"))).rejects.toThrow(
      "the version no-such-version is not AWSPENDING",
    );
    expect(scene.events()).toEqual(["rotation_failed"]);
  });
});

/** Returns the number of calls of the four steps if nothing fails. */
async function callsOfOneRotation(): Promise<number> {
  const undisturbed = new Scene();
  await undisturbed.rotate();
  return undisturbed.secret.calls;
}

describe("a rotation that is disturbed", () => {
  test("a rotation makes at least eight calls", async () => {
    expect(await callsOfOneRotation()).toBeGreaterThanOrEqual(8);
  });

  test.each(FAULTS)("a rotation continues after one failure at any call: %s", async (fault) => {
    const calls = await callsOfOneRotation();
    for (let at = 0; at < calls; at++) {
      scene = new Scene();
      scene.secret.faultOf = (call) => (call === at ? fault : undefined);
      await scene.rotate();
      expect(keysIn(scene.secret.text)).toHaveLength(2);
      expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
      expect(scene.events()).toEqual(["keys_rotated"]);
    }
  });

  test.each(FAULTS)(
    "a rotation that fails at any call and its retries succeeds when it begins again: %s",
    async (fault) => {
      const calls = await callsOfOneRotation();
      for (let at = 0; at < calls; at++) {
        scene = new Scene();
        await scene.rotate();
        scene.clock.advance(30 * DAY);
        const [, next] = keysIn(scene.secret.text);
        const begin = scene.secret.calls;
        // The interrupted call may have been done; no later call is.
        scene.secret.faultOf = (call) =>
          call === begin + at ? fault : call > begin + at ? "cut off" : undefined;
        const token = scene.secret.beginRotation();
        await expect(scene.rotate(token)).rejects.toThrow();
        scene.check();
        expect(scene.events()).toContain("rotation_failed");
        scene.secret.faultOf = () => undefined;
        await scene.rotate(token);
        expect(keysIn(scene.secret.text)).toEqual([next, expect.any(String), keysIn(FIRST)[0]]);
        expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
      }
    },
  );

  test("a failed rotation is logged with its cause and without a key", async () => {
    scene.secret.faultOf = () => "throttled";
    await expect(scene.rotate()).rejects.toThrow("Secrets Manager responded with 400 ThrottlingException");
    scene.secret.faultOf = () => "cut off";
    await expect(scene.rotate()).rejects.toThrow("Secrets Manager cannot be reached");
    expect(scene.log.records).toMatchObject([
      { event: "rotation_failed", message: "Secrets Manager responded with 400 ThrottlingException" },
      { event: "rotation_failed", cause: expect.stringMatching(/socket hang up|ECONNRESET/) },
    ]);
  });

  test("a step is not retried if Secrets Manager refuses the request", async () => {
    fake.script({ status: 400, body: '{"__type":"AccessDeniedException"}' });
    await expect(scene.rotation().run(scene.request("createSecret"))).rejects.toThrow(
      "AccessDeniedException",
    );
    expect(fake.requests).toHaveLength(1);
  });
});

describe("a rotation that was abandoned", () => {
  /** Abandons a rotation, because a key was ended in the meantime, and returns its token. */
  async function abandon(rotation: SecretRotation): Promise<string> {
    const token = scene.secret.beginRotation();
    await rotation.run(scene.request("createSecret", token));
    scene.endCurrent();
    await rotation.run(scene.request("testSecret", token));
    return token;
  }

  test("steps that are repeated after a rotation was abandoned change nothing and raise no second alarm", async () => {
    const token = await abandon(scene.rotation());
    const { text } = scene.secret;
    await scene.rotate(token);
    expect(scene.secret.text).toBe(text);
    expect(scene.events()).toEqual(["rotation_failed"]);
    await scene.rotate();
    expect(scene.events()).toEqual(["rotation_failed", "keys_rotated"]);
  });

  test.each(FAULTS)(
    "a rotation that is abandoned is logged once, even if a call fails: %s",
    async (fault) => {
      // DescribeSecret, both versions and the removal of AWSPENDING.
      for (let at = 0; at < 4; at++) {
        scene = new Scene();
        const rotation = scene.rotation();
        const token = scene.secret.beginRotation();
        await rotation.run(scene.request("createSecret", token));
        scene.endCurrent();
        const begin = scene.secret.calls;
        scene.secret.faultOf = (call) => (call === begin + at ? fault : undefined);
        await rotation.run(scene.request("testSecret", token));
        expect(scene.secret.calls).toBeGreaterThan(begin + at);
        expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
        expect(scene.events()).toEqual(["rotation_failed"]);
      }
    },
  );
});

describe("a rotation whose AWSPENDING is already gone when it finishes", () => {
  test("the rotation succeeds without a retry and is logged", async () => {
    const calls = await callsOfOneRotation();
    scene = new Scene();
    scene.secret.dropsPending = true;
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toHaveLength(2);
    expect(scene.events()).toEqual(["keys_rotated"]);
    expect(scene.secret.calls).toBe(calls);
  });

  test.each(FAULTS)("the rotation is logged once, even if a call fails: %s", async (fault) => {
    const calls = await callsOfOneRotation();
    for (let at = 0; at < calls; at++) {
      scene = new Scene();
      scene.secret.dropsPending = true;
      scene.secret.faultOf = (call) => (call === at ? fault : undefined);
      await scene.rotate();
      expect(keysIn(scene.secret.text)).toHaveLength(2);
      expect(scene.events()).toEqual(["keys_rotated"]);
    }
  });
});

describe("a malformed secret", () => {
  test.each([
    ["a string that is not JSON", "a secret that somebody wrote by hand, without JSON"],
    ["no key", "{}"],
    ["a short key", '{"SECRET_KEY":"short-secret"}'],
    [
      "fallbacks that are not an array",
      `{"SECRET_KEY":"${"k".repeat(32)}","SECRET_KEY_FALLBACKS":"secret-text"}`,
    ],
  ])("a rotation of a secret with %s fails, changes nothing and does not log it", async (_, text) => {
    scene.changeByHand('{"SECRET_KEY":"x"}');
    const secret = new FakeSecret(text);
    fake.script(secret.answer);
    const request = scene.request("createSecret", secret.beginRotation());
    await expect(scene.rotation().run(request)).rejects.toThrow(/^secret|^the secret must be JSON/);
    expect(secret.text).toBe(text);
    expect(scene.log.text).not.toMatch(/somebody|short-secret|secret-text/);
  });
});

describe("two functions that rotate at the same time", () => {
  test("two functions that alternate step by step make one rotation", async () => {
    const token = scene.secret.beginRotation();
    for (const step of STEPS) {
      const both = [scene.rotation(), scene.rotation()];
      await Promise.all(both.map((rotation) => rotation.run(scene.request(step, token))));
    }
    scene.check();
    expect(keysIn(scene.secret.text)).toHaveLength(2);
    expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
  });

  test("two functions that run in parallel make one rotation", async () => {
    await scene.rotate();
    scene.clock.advance(30 * DAY);
    const [, next] = keysIn(scene.secret.text);
    const token = scene.secret.beginRotation();
    await Promise.allSettled([scene.rotate(token), scene.rotate(token), scene.rotate(token)]);
    await scene.rotate(token);
    expect(keysIn(scene.secret.text)).toEqual([next, expect.any(String), keysIn(FIRST)[0]]);
  });
});

describe("a change by hand while the keys are rotated", () => {
  test("a change by hand at any time is kept, and the next rotation continues from it", async () => {
    const calls = await callsOfOneRotation();
    for (let at = 0; at < calls; at++) {
      scene = new Scene();
      await scene.rotate();
      scene.clock.advance(30 * DAY);
      let ended = "";
      const begin = scene.secret.calls;
      scene.secret.onCall = (call) => {
        if (call === begin + at) ended = scene.endCurrent();
      };
      await scene.rotate();
      expect(ended).not.toBe("");
      expect(keysIn(scene.secret.text)).not.toContain(ended);
      expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
      scene.clock.advance(30 * DAY);
      await scene.rotate();
      expect(keysIn(scene.secret.text)).not.toContain(ended);
    }
  });

  test("a change by hand that stops a rotation is logged", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotation().run(scene.request("createSecret", token));
    scene.endCurrent();
    await scene.rotate(token);
    expect(scene.log.records).toMatchObject([
      {
        level: "ERROR",
        event: "rotation_failed",
        message: "the rotation was abandoned: the keys were changed in the meantime, and that change is kept",
      },
    ]);
  });
});

test("a pending version that would lose keys is abandoned", async () => {
  scene.secret.beginRotation();
  const base = scene.secret.idOf("AWSCURRENT");
  const token = scene.secret.beginRotation();
  const text = JSON.stringify({ SECRET_KEY: "s".repeat(64), SECRET_KEY_BASE: base });
  const put = { ClientRequestToken: token, SecretString: text, VersionStages: ["AWSPENDING"] };
  const headers = { "x-amz-target": "secretsmanager.PutSecretValue" };
  scene.secret.answer({ method: "POST", path: "/", headers, body: JSON.stringify(put) });
  await scene.rotation().run(scene.request("finishSecret", token));
  expect(scene.secret.text).toBe(FIRST);
  expect(scene.log.records).toMatchObject([
    { event: "rotation_failed", message: expect.stringContaining("sessions would be lost with the keys ") },
  ]);
});

describe("keys_run_out_soon", () => {
  test("a warning is logged if the current key has signed for more than two periods", async () => {
    await scene.rotate();
    scene.clock.advance(60 * DAY + 1);
    await scene.rotate();
    expect(scene.log.records[1]).toEqual({
      level: "WARN",
      event: "keys_run_out_soon",
      reason: "overdue",
      current: keyId(keysIn(FIRST)[0] ?? ""),
    });
  });

  test("a warning is logged if the next key was removed by hand", async () => {
    await scene.rotate();
    scene.changeByHand(JSON.stringify({ ...JSON.parse(scene.secret.text), SECRET_KEY_FALLBACKS: [] }));
    await scene.rotate();
    expect(scene.log.records[1]).toMatchObject({ event: "keys_run_out_soon", reason: "no_next_key" });
  });

  test("a warning is logged even if the rotation fails", async () => {
    await scene.rotate();
    scene.clock.advance(61 * DAY);
    const begin = scene.secret.calls;
    scene.secret.faultOf = (call) => (call > begin + 1 ? "cut off" : undefined);
    await expect(scene.rotate()).rejects.toThrow();
    expect(scene.events()).toEqual(["keys_rotated", "keys_run_out_soon", "rotation_failed"]);
  });

  test("no warning is logged for a new secret or while rotations work", async () => {
    for (let month = 0; month < 5; month++) {
      await scene.rotate();
      scene.clock.advance(30 * DAY);
    }
    expect(new Set(scene.events())).toEqual(new Set(["keys_rotated"]));
  });
});

describe("random histories", () => {
  type Happening =
    | { readonly what: "time passes"; readonly seconds: number }
    | {
        readonly what: "a step";
        readonly step: (typeof STEPS)[number];
        readonly at: number;
        readonly fault: CallFault;
      }
    | { readonly what: "a rotation" | "a key is ended" | "the history is lost" | "a key is added by hand" };

  const happening: fc.Arbitrary<Happening> = fc.oneof(
    fc.record({
      what: fc.constant("time passes" as const),
      seconds: fc.oneof(
        fc.integer({ min: 1, max: 2 * 60 * 60 }),
        fc.integer({ min: 1, max: 3 * DAY }),
        fc.integer({ min: 1, max: 40 * DAY }),
      ),
    }),
    fc.record({
      what: fc.constant("a step" as const),
      step: fc.constantFrom(...STEPS),
      at: fc.nat({ max: 9 }),
      fault: fc.constantFrom(...FAULTS),
    }),
    fc.record({
      what: fc.constantFrom(
        "a rotation",
        "a rotation",
        "a key is ended",
        "the history is lost",
        "a key is added by hand",
      ),
    }) as fc.Arbitrary<Happening>,
  );

  function withKeyInFront(text: string, key: string): string {
    return JSON.stringify({ ...JSON.parse(text), SECRET_KEY: key, SECRET_KEY_FALLBACKS: keysIn(text) });
  }

  async function happen(event: Happening, times: typeof TIMES): Promise<void> {
    const { secret, clock } = scene;
    const begin = secret.calls;
    switch (event.what) {
      case "time passes":
        clock.advance(event.seconds);
        break;
      case "a step":
        secret.faultOf = (call) =>
          call === begin + event.at ? event.fault : call > begin + event.at ? "cut off" : undefined;
        await scene
          .rotation(times)
          .run(scene.request(event.step))
          .catch(() => {});
        secret.faultOf = () => undefined;
        break;
      case "a rotation":
        await scene.rotate(undefined, times);
        break;
      case "a key is ended":
        scene.endCurrent();
        break;
      case "the history is lost":
        scene.changeByHand(JSON.stringify({ ...JSON.parse(secret.text), SECRET_KEY_HISTORY: undefined }));
        break;
      case "a key is added by hand":
        scene.changeByHand(withKeyInFront(secret.text, `${clock.seconds}`.padEnd(40, "h")));
    }
    scene.check();
  }

  test.each([TIMES, { period: DAY, longestLife: 3 * DAY }])(
    "AWSCURRENT contains every key of living sessions after any history, with a period of $period s",
    async (times) => {
      const sequence = fc.array(happening, { minLength: 5, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(sequence, async (happenings) => {
          scene = new Scene(FIRST, times);
          for (const event of happenings) await happen(event, times);
          await scene.rotate(undefined, times);
        }),
        { numRuns: 40 },
      );
    },
  );

  test("the witness detects a scheme that signs with new keys at once", () => {
    const witness = new KeyWitness(TIMES.longestLife);
    witness.see(FIRST, 0);
    const naive = JSON.stringify({ SECRET_KEY: "n".repeat(64), SECRET_KEY_FALLBACKS: keysIn(FIRST) });
    expect(() => witness.see(naive, DAY)).toThrow(LostSessionError);
  });

  test("the witness detects a scheme that drops a key while sessions live", () => {
    const witness = new KeyWitness(TIMES.longestLife);
    const both = ["a".repeat(64), "b".repeat(64)];
    witness.see(JSON.stringify({ SECRET_KEY: both[0], SECRET_KEY_FALLBACKS: [both[1]] }), 0);
    witness.see(JSON.stringify({ SECRET_KEY: both[1], SECRET_KEY_FALLBACKS: [both[0]] }), DAY);
    const dropped = JSON.stringify({ SECRET_KEY: both[1] });
    expect(() => witness.see(dropped, 20 * DAY)).toThrow(LostSessionError);
    expect(() => witness.see(dropped, 40 * DAY)).not.toThrow();
  });
});
