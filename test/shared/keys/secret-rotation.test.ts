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
/** What CloudFormation generates. */
const FIRST = JSON.stringify({ SECRET_KEY: "f".repeat(64) });
const FAULTS: readonly CallFault[] = ["throttled", "broken", "cut off", "answer lost"];

const fake = new FakeSecretsManager();
beforeAll(() => fake.start());
afterAll(() => fake.stop());

/** A secret whose every change a witness sees, and functions that rotate it. */
class Scene {
  readonly clock = new Clock();
  readonly secret: FakeSecret;
  readonly log = new LogCollector<RotationRecord>();
  readonly #witness: KeyWitness;
  #isByHand = false;
  /** What the witness said. It speaks while the fake answers, where nobody would hear an exception. */
  #verdict: unknown;

  constructor(text = FIRST, { longestLife } = TIMES) {
    this.secret = new FakeSecret(text);
    this.#witness = new KeyWitness(longestLife);
    this.#witness.see(text, this.clock.seconds);
    this.secret.onChange = (changed) => this.#see(changed);
    fake.script(this.secret.answer);
  }

  /** A new execution environment of the function. */
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

  /** Ends the key that signs, as the script for that does. */
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
  test("first publishes a key, and the next time signs with it", async () => {
    const [first] = keysIn(FIRST);
    await scene.rotate();
    const [signing, next, ...others] = keysIn(scene.secret.text);
    expect([signing, others]).toEqual([first, []]);
    scene.clock.advance(30 * DAY);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toEqual([next, expect.any(String), first]);
  });

  test("leaves one version current, and none pending", async () => {
    const [before, token] = [scene.secret.idOf("AWSCURRENT"), scene.secret.beginRotation()];
    await scene.rotate(token);
    expect(scene.secret.idOf("AWSCURRENT")).toBe(token);
    expect(scene.secret.idOf("AWSPREVIOUS")).toBe(before);
    expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
  });

  test("keeps what else is in the secret", async () => {
    scene = new Scene(JSON.stringify({ ...JSON.parse(FIRST), DATABASE: "x" }));
    await scene.rotate();
    expect(JSON.parse(scene.secret.text).DATABASE).toBe("x");
  });

  test("year after year keeps as many keys as living sessions need", async () => {
    for (let month = 0; month < 60; month++) {
      await scene.rotate();
      scene.clock.advance(30 * DAY);
    }
    // The current one, the next one, and those that retired within 61 days and a little.
    expect(keysIn(scene.secret.text)).toHaveLength(5);
  });

  test("tells the ids of the keys, and never a key", async () => {
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

  test("does not sign with a key that was published a moment ago", async () => {
    await scene.rotate();
    const keys = keysIn(scene.secret.text);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toEqual(keys);
  });

  test("does not sign too early with a key whose publication was late", async () => {
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

  test("is given up when its new list has waited for too long, and the next one begins anew", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotation().run(scene.request("createSecret", token));
    scene.clock.advance(MOST_PENDING + 1);
    await scene.rotate(token);
    expect(scene.secret.text).toBe(FIRST);
    expect(scene.log.records).toMatchObject([
      { event: "rotation_failed", message: "the rotation was given up: the new list is too old" },
    ]);
    await scene.rotate();
    expect(keysIn(scene.secret.text)).toHaveLength(2);
  });
});

describe("a step", () => {
  test("may be repeated at any time, even after the rotation", async () => {
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

  test("that comes very late changes nothing", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotate(token);
    scene.clock.advance(30 * DAY);
    await scene.rotate();
    const { text } = scene.secret;
    await scene.rotation().run(scene.request("finishSecret", token));
    await scene.rotation().run(scene.request("testSecret", token));
    await expect(scene.rotation().run(scene.request("createSecret", token))).rejects.toThrow(
      "is not pending",
    );
    expect(scene.secret.text).toBe(text);
  });

  test("that finishes what never began fails", async () => {
    await expect(scene.rotation().run(scene.request("finishSecret"))).rejects.toThrow("has no text");
    expect(scene.secret.text).toBe(FIRST);
  });

  test("that tries the function out, without a rotation, succeeds", async () => {
    await scene.rotation().run(scene.request("testSecret"));
    expect(scene.secret.text).toBe(FIRST);
    expect(scene.log.records).toEqual([]);
  });

  test("with an unknown name does nothing", async () => {
    await scene.rotation().run(scene.request("dropSecret"));
    expect(scene.secret.text).toBe(FIRST);
  });

  test("with a version that was never begun makes none", async () => {
    await expect(scene.rotation().run(scene.request("createSecret", "no-such-version"))).rejects.toThrow(
      "the version no-such-version is not pending",
    );
    expect(scene.events()).toEqual(["rotation_failed"]);
  });
});

/** How many calls the four steps make when nothing fails. */
async function callsOfOneRotation(): Promise<number> {
  const undisturbed = new Scene();
  await undisturbed.rotate();
  return undisturbed.secret.calls;
}

describe("a rotation that is disturbed", () => {
  test("is one of at least eight calls", async () => {
    expect(await callsOfOneRotation()).toBeGreaterThanOrEqual(8);
  });

  test.each(FAULTS)("once, at any call, goes on by itself: %s", async (fault) => {
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

  test.each(FAULTS)("at any call, and for long, ends well when it is begun again: %s", async (fault) => {
    const calls = await callsOfOneRotation();
    for (let at = 0; at < calls; at++) {
      scene = new Scene();
      await scene.rotate();
      scene.clock.advance(30 * DAY);
      const [, next] = keysIn(scene.secret.text);
      const begin = scene.secret.calls;
      // What was interrupted may have been done; nothing after it is.
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
  });

  test("is told with its cause, and without a key", async () => {
    scene.secret.faultOf = () => "throttled";
    await expect(scene.rotate()).rejects.toThrow("Secrets Manager answered 400 ThrottlingException");
    scene.secret.faultOf = () => "cut off";
    await expect(scene.rotate()).rejects.toThrow("Secrets Manager cannot be reached");
    expect(scene.log.records).toMatchObject([
      { event: "rotation_failed", message: "Secrets Manager answered 400 ThrottlingException" },
      { event: "rotation_failed", cause: expect.stringMatching(/socket hang up|ECONNRESET/) },
    ]);
  });

  test("is not tried again at once when Secrets Manager says no", async () => {
    fake.script({ status: 400, body: '{"__type":"AccessDeniedException"}' });
    await expect(scene.rotation().run(scene.request("createSecret"))).rejects.toThrow(
      "AccessDeniedException",
    );
    expect(fake.requests).toHaveLength(1);
  });
});

describe("a secret in another form", () => {
  test.each([
    ["no JSON", "a secret that somebody wrote by hand, without JSON"],
    ["no key", "{}"],
    ["a short key", '{"SECRET_KEY":"short-secret"}'],
    ["fallbacks that are no list", `{"SECRET_KEY":"${"k".repeat(32)}","SECRET_KEY_FALLBACKS":"secret-text"}`],
  ])("fails, changes nothing and is not told: %s", async (_, text) => {
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
  test("make one rotation, step by step", async () => {
    const token = scene.secret.beginRotation();
    for (const step of STEPS) {
      const both = [scene.rotation(), scene.rotation()];
      await Promise.all(both.map((rotation) => rotation.run(scene.request(step, token))));
    }
    scene.check();
    expect(keysIn(scene.secret.text)).toHaveLength(2);
    expect(scene.secret.idOf("AWSPENDING")).toBeUndefined();
  });

  test("make one rotation when they do not wait for each other", async () => {
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
  test("stands, whenever it comes, and the next rotation goes on from it", async () => {
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

  test("is told", async () => {
    const token = scene.secret.beginRotation();
    await scene.rotation().run(scene.request("createSecret", token));
    scene.endCurrent();
    await scene.rotate(token);
    expect(scene.log.records).toMatchObject([
      {
        level: "ERROR",
        event: "rotation_failed",
        message: "the rotation was given up: the keys were changed in the meantime, and that change stands",
      },
    ]);
  });
});

test("a pending version that would lose keys, whoever made it, is given up", async () => {
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

describe("keys that run out soon", () => {
  test("are told when the current one has signed for more than two periods", async () => {
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

  test("are told when somebody has taken the next one away", async () => {
    await scene.rotate();
    scene.changeByHand(JSON.stringify({ ...JSON.parse(scene.secret.text), SECRET_KEY_FALLBACKS: [] }));
    await scene.rotate();
    expect(scene.log.records[1]).toMatchObject({ event: "keys_run_out_soon", reason: "no_next_key" });
  });

  test("are told by rotations that fail, too", async () => {
    await scene.rotate();
    scene.clock.advance(61 * DAY);
    const begin = scene.secret.calls;
    scene.secret.faultOf = (call) => (call > begin + 1 ? "cut off" : undefined);
    await expect(scene.rotate()).rejects.toThrow();
    expect(scene.events()).toEqual(["keys_rotated", "keys_run_out_soon", "rotation_failed"]);
  });

  test("are not told of a new secret, nor while rotations do their work", async () => {
    for (let month = 0; month < 5; month++) {
      await scene.rotate();
      scene.clock.advance(30 * DAY);
    }
    expect(new Set(scene.events())).toEqual(new Set(["keys_rotated"]));
  });
});

describe("whatever happens", () => {
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
      seconds: fc.oneof(fc.integer({ min: 1, max: 2 * 60 * 60 }), fc.integer({ min: 1, max: 40 * DAY })),
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
    "the current text holds every key that living sessions need: $period s",
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

  test("and a scheme that signs with new keys at once would be found out", () => {
    const witness = new KeyWitness(TIMES.longestLife);
    witness.see(FIRST, 0);
    const naive = JSON.stringify({ SECRET_KEY: "n".repeat(64), SECRET_KEY_FALLBACKS: keysIn(FIRST) });
    expect(() => witness.see(naive, DAY)).toThrow(LostSessionError);
  });

  test("and so would one that drops a key while sessions live", () => {
    const witness = new KeyWitness(TIMES.longestLife);
    const both = ["a".repeat(64), "b".repeat(64)];
    witness.see(JSON.stringify({ SECRET_KEY: both[0], SECRET_KEY_FALLBACKS: [both[1]] }), 0);
    witness.see(JSON.stringify({ SECRET_KEY: both[1], SECRET_KEY_FALLBACKS: [both[0]] }), DAY);
    const dropped = JSON.stringify({ SECRET_KEY: both[1] });
    expect(() => witness.see(dropped, 20 * DAY)).toThrow(LostSessionError);
    expect(() => witness.see(dropped, 40 * DAY)).not.toThrow();
  });
});
