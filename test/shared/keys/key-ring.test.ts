import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  endKey,
  formatKeyRing,
  type KeyRing,
  keyId,
  keysOf,
  LEAST_PUBLISHED,
  lostKeys,
  MOST_PENDING,
  newSecretKey,
  parseKeyRing,
  rotateKeys,
} from "../../../shared/keys/key-ring.ts";
import { parseSecretKeys } from "../../../shared/keys/secrets-manager-keys.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { KeyWitness, keysIn } from "./key-witness.ts";

const DAY = 24 * 60 * 60;
const NOW = new Clock().seconds;
const TIMES = { now: NOW, period: 30 * DAY, longestLife: 31 * DAY };
const PATIENCE = MOST_PENDING + LEAST_PUBLISHED;
const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];

const textOf = (parts: object) => JSON.stringify({ SECRET_KEY: A, ...parts });
const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString();
const listOf = (ring: KeyRing) => keysOf(ring).map(({ key }) => key);

describe("a new secret key", () => {
  test("a new secret key has 64 characters and differs each time", () => {
    expect(newSecretKey()).toMatch(/^[\w-]{64}$/);
    expect(newSecretKey()).not.toBe(newSecretKey());
  });

  test("the id of a key is the beginning of its SHA-256", () => {
    // printf %s aaa…a | sha256sum
    expect(keyId("a".repeat(64))).toBe("ffe054fe");
  });
});

describe("a rotation", () => {
  test("the rotation of a ring without a next key publishes one", () => {
    const { current, next, previous } = rotateKeys({ current: { key: A }, previous: [] }, TIMES, () => B);
    expect([current.key, next, previous]).toEqual([A, { key: B, createdAt: NOW }, []]);
  });

  test("a rotation makes the next key current when every function knows it", () => {
    const ring = { current: { key: A }, next: { key: B, createdAt: NOW - PATIENCE }, previous: [] };
    expect(rotateKeys(ring, TIMES, () => C)).toEqual({
      current: { key: B, createdAt: NOW - PATIENCE, signsSince: NOW },
      next: { key: C, createdAt: NOW },
      previous: [{ key: A, signsSince: NOW, retiredAt: NOW }],
    });
  });

  test("a rotation does not make the next key current a second earlier", () => {
    const ring = { current: { key: A }, next: { key: B, createdAt: NOW - PATIENCE + 1 }, previous: [] };
    expect(listOf(rotateKeys(ring, TIMES, () => C))).toEqual([A, B]);
  });

  test("a rotation drops a previous key when no session that it signed can live", () => {
    const end = TIMES.longestLife + TIMES.period + PATIENCE;
    const previous = [
      { key: B, retiredAt: NOW - end },
      { key: C, retiredAt: NOW - end - 1 },
    ];
    expect(rotateKeys({ current: { key: A }, previous }, TIMES).previous.map(({ key }) => key)).toEqual([B]);
  });

  test.each([
    ["missing", undefined],
    ["in the future", NOW + 1000 * DAY],
  ])("a rotation takes the current time for a date that is %s", (_, date) => {
    const ring = {
      current: { key: A, signsSince: date },
      next: { key: B, createdAt: date },
      previous: [{ key: C, retiredAt: date }],
    };
    expect(rotateKeys(ring, TIMES)).toEqual({
      current: { key: A, signsSince: NOW },
      next: { key: B, createdAt: NOW },
      previous: [{ key: C, retiredAt: NOW }],
    });
  });
});

/** Rotations, each after this many seconds. */
const pauses = fc.array(fc.integer({ min: 0, max: 45 * DAY }), { minLength: 1, maxLength: 40 });
const times = fc.record({
  period: fc.integer({ min: DAY, max: 100 * DAY }),
  longestLife: fc.integer({ min: 1, max: 100 * DAY }),
});

describe("rotations at any moments", () => {
  test("rotations at any times sign only with published keys and keep the keys of living sessions", () => {
    fc.assert(
      fc.property(pauses, times, (moments, { period, longestLife }) => {
        const witness = new KeyWitness(longestLife);
        let [now, text] = [NOW, textOf({})];
        witness.see(text, now);
        for (const pause of moments) {
          now += pause;
          const before = parseKeyRing(text);
          const after = rotateKeys(before, { now, period, longestLife });
          expect(lostKeys(before, after, { now, period, longestLife })).toEqual([]);
          text = formatKeyRing(after, text);
          witness.see(text, now);
        }
      }),
    );
  });

  test("a repeated rotation changes nothing more", () => {
    fc.assert(
      fc.property(pauses, times, fc.nat({ max: PATIENCE - 1 }), (moments, { period, longestLife }, later) => {
        let [now, ring] = [NOW, parseKeyRing(textOf({}))];
        for (const pause of moments) {
          now += pause;
          ring = rotateKeys(ring, { now, period, longestLife });
        }
        const again = rotateKeys(ring, { now: now + later, period, longestLife });
        if (ring.next?.createdAt === now) expect(listOf(again).slice(0, 2)).toEqual(listOf(ring).slice(0, 2));
        expect(formatKeyRing(rotateKeys(ring, { now, period, longestLife }))).toBe(formatKeyRing(ring));
      }),
    );
  });

  test("rotations at any times keep no more keys than living sessions need", () => {
    fc.assert(
      fc.property(times, ({ period, longestLife }) => {
        let ring = parseKeyRing(textOf({}));
        for (let turn = 0; turn < 150; turn++)
          ring = rotateKeys(ring, { now: NOW + turn * period, period, longestLife });
        expect(ring.previous.length).toBeLessThanOrEqual(Math.ceil((longestLife + PATIENCE) / period) + 2);
      }),
    );
  });
});

describe("the end of a key", () => {
  const ring = {
    current: { key: A, signsSince: NOW - DAY },
    next: { key: B, createdAt: NOW - DAY },
    previous: [{ key: C, retiredAt: NOW - DAY }],
  };
  const fresh = "n".repeat(40);
  const ended = (key: string, of: KeyRing = ring) => endKey(of, keyId(key), NOW, () => fresh);

  test("the end of the current key makes the next key current", () => {
    expect(ended(A)).toEqual({
      current: { key: B, createdAt: NOW - DAY, signsSince: NOW },
      next: { key: fresh, createdAt: NOW },
      previous: ring.previous,
    });
  });

  test("the end of the next key publishes another one", () => {
    expect(listOf(ended(B))).toEqual([A, fresh, C]);
  });

  test("the end of a previous key changes no other key", () => {
    expect(ended(C)).toEqual({ ...ring, previous: [] });
  });

  test("the end of the only key makes a new key current", () => {
    const { current, next } = endKey({ current: { key: A }, previous: [] }, keyId(A), NOW);
    expect(current.key).not.toBe(A);
    expect(next?.key).not.toBe(current.key);
  });

  test("endKey throws for an unknown id", () => {
    expect(() => ended("x".repeat(40))).toThrow(
      /^there is no key with the id [\da-f]{8}; keys_rotated in the log names the ids$/,
    );
  });
});

describe("a secret's string", () => {
  const arbitrary = fc
    .tuple(pauses, times)
    .map(([moments, { period, longestLife }]) =>
      moments.reduce<KeyRing>(
        (ring, pause, index) =>
          rotateKeys(ring, { now: NOW + index * 45 * DAY + pause, period, longestLife }),
        parseKeyRing(textOf({})),
      ),
    );

  test("parseKeyRing returns the ring that formatKeyRing wrote", () => {
    fc.assert(
      fc.property(arbitrary, (ring) => {
        expect(parseKeyRing(formatKeyRing(ring))).toEqual(ring);
      }),
    );
  });

  test("the string of a secret has the keys as Flask reads them: the current one, then all others", () => {
    fc.assert(
      fc.property(arbitrary, (ring) => {
        const text = formatKeyRing(ring);
        expect(keysIn(text)).toEqual(listOf(ring));
        expect(parseSecretKeys(text)).toEqual(listOf(ring));
      }),
    );
  });

  test("formatKeyRing keeps other properties and contains each key once", () => {
    const text = formatKeyRing(parseKeyRing(textOf({})), textOf({ DATABASE: "x", __proto__: null }));
    expect(JSON.parse(text)).toEqual({
      SECRET_KEY: A,
      SECRET_KEY_FALLBACKS: [],
      SECRET_KEY_HISTORY: [{ id: keyId(A) }],
      DATABASE: "x",
    });
  });

  test.each([
    ["that is not JSON", "a-secret-text"],
    ["with an array", '["a-secret-text"]'],
    ["with null", "null"],
    ["without a key", '{"SECRET_KEY_FALLBACKS":["a-secret-text"]}'],
    ["with a key that is not a string", '{"SECRET_KEY":["a-secret-text"]}'],
    ["with fallbacks that are not an array", textOf({ SECRET_KEY_FALLBACKS: "a-secret-text" })],
    ["with a short key", '{"SECRET_KEY":"a-secret-text"}'],
    ["with a short fallback", textOf({ SECRET_KEY_FALLBACKS: ["a-secret-text"] })],
    ["with a fallback that is not a string", textOf({ SECRET_KEY_FALLBACKS: [{ text: "a-secret-text" }] })],
  ])("parseKeyRing rejects a string %s without repeating it", (_, text) => {
    let message = "";
    try {
      parseKeyRing(text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/secret(\[\d\]:| must be JSON)/);
    expect(message).not.toContain("a-secret-text");
  });
});

describe("a secret that was edited by hand", () => {
  test("fallbacks without a history count as retired at the next rotation", () => {
    const ring = rotateKeys(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C] })), TIMES);
    expect(ring.previous).toMatchObject([
      { key: B, retiredAt: NOW },
      { key: C, retiredAt: NOW },
    ]);
  });

  test("a key that the string contains twice is in the ring once", () => {
    expect(listOf(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [A, B, B, A] })))).toEqual([A, B]);
  });

  test("parseKeyRing accepts null as fallbacks, as Flask does", () => {
    expect(listOf(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: null })))).toEqual([A]);
  });

  test("no key is lost if several are marked as next", () => {
    const history = [A, B, C].map((key) => ({ id: keyId(key), next: true }));
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C], SECRET_KEY_HISTORY: history }));
    expect([ring.current.key, ring.next?.key, ring.previous.map(({ key }) => key)]).toEqual([A, B, [C]]);
  });

  test("a next key without a date does not become current at once", () => {
    const history = [{ id: keyId(B), next: true }];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    expect(rotateKeys(ring, TIMES).current.key).toBe(A);
  });

  test("dates in the future do not stop rotations", () => {
    const history = [{ id: keyId(B), next: true, born: isoOf(NOW + 9000 * DAY) }];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    const later = rotateKeys(rotateKeys(ring, TIMES), { ...TIMES, now: NOW + PATIENCE });
    expect(later.current.key).toBe(B);
  });

  test("the first key signs even if the history says that it has retired", () => {
    const history = [
      { id: keyId(A), retired: isoOf(NOW - 900 * DAY) },
      { id: keyId(B), next: true, born: isoOf(0) },
    ];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    const { current, previous } = rotateKeys(ring, TIMES);
    expect([current.key, previous]).toMatchObject([B, [{ key: A, retiredAt: NOW }]]);
  });

  test.each<[string, unknown]>([
    ["that is not an array", { id: keyId(A) }],
    ["that is a string", "history"],
    [
      "with malformed entries",
      [null, 5, "text", [], {}, { id: null }, { id: keyId(B), born: "soon", next: "yes" }],
    ],
    ["with malformed dates", [{ id: keyId(B), born: 5, retired: { now: true }, signs: ["2026-01-01"] }]],
  ])("parseKeyRing accepts a history %s", (_, history) => {
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    expect(ring).toEqual({ current: { key: A }, previous: [{ key: B }] });
  });

  test("a secret with any JSON as history is rotated without losing a key", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (history) => {
        const before = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C], SECRET_KEY_HISTORY: history }));
        expect(lostKeys(before, rotateKeys(before, TIMES), TIMES)).toEqual([]);
      }),
    );
  });
});

describe("lostKeys", () => {
  const before = { current: { key: A }, next: { key: B }, previous: [{ key: C, retiredAt: NOW - 31 * DAY }] };

  test("lostKeys returns nothing if all keys are kept", () => {
    expect(lostKeys(before, { ...before }, TIMES)).toEqual([]);
  });

  test("lostKeys returns a missing key that may have signed a living session", () => {
    expect(lostKeys(before, { ...before, previous: [] }, TIMES)).toEqual([keyId(C)]);
    expect(lostKeys(before, { ...before, previous: [] }, { ...TIMES, now: NOW + 1 })).toEqual([]);
  });

  test("lostKeys returns a key that would sign before it was published", () => {
    const after = { ...before, current: { key: "x".repeat(40) }, previous: [{ key: A }, ...before.previous] };
    expect(lostKeys(before, after, TIMES)).toEqual([keyId("x".repeat(40))]);
  });
});
