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
  test("is 64 characters, and another one each time", () => {
    expect(newSecretKey()).toMatch(/^[\w-]{64}$/);
    expect(newSecretKey()).not.toBe(newSecretKey());
  });

  test("is called by the beginning of its SHA-256", () => {
    // printf %s aaa…a | sha256sum
    expect(keyId("a".repeat(64))).toBe("ffe054fe");
  });
});

describe("a rotation", () => {
  test("of a ring without a next key publishes one", () => {
    const { current, next, previous } = rotateKeys({ current: { key: A }, previous: [] }, TIMES, () => B);
    expect([current.key, next, previous]).toEqual([A, { key: B, born: NOW }, []]);
  });

  test("promotes the next key when every function knows it", () => {
    const ring = { current: { key: A }, next: { key: B, born: NOW - PATIENCE }, previous: [] };
    expect(rotateKeys(ring, TIMES, () => C)).toEqual({
      current: { key: B, born: NOW - PATIENCE, signs: NOW },
      next: { key: C, born: NOW },
      previous: [{ key: A, signs: NOW, retired: NOW }],
    });
  });

  test("does not promote it a second earlier", () => {
    const ring = { current: { key: A }, next: { key: B, born: NOW - PATIENCE + 1 }, previous: [] };
    expect(listOf(rotateKeys(ring, TIMES, () => C))).toEqual([A, B]);
  });

  test("drops a previous key when no session can live that it signed", () => {
    const end = TIMES.longestLife + TIMES.period + PATIENCE;
    const previous = [
      { key: B, retired: NOW - end },
      { key: C, retired: NOW - end - 1 },
    ];
    expect(rotateKeys({ current: { key: A }, previous }, TIMES).previous.map(({ key }) => key)).toEqual([B]);
  });

  test.each([
    ["missing", undefined],
    ["yet to come", NOW + 1000 * DAY],
  ])("counts from now where the date is %s", (_, date) => {
    const ring = {
      current: { key: A, signs: date },
      next: { key: B, born: date },
      previous: [{ key: C, retired: date }],
    };
    expect(rotateKeys(ring, TIMES)).toEqual({
      current: { key: A, signs: NOW },
      next: { key: B, born: NOW },
      previous: [{ key: C, retired: NOW }],
    });
  });
});

/** Rotations, each after some seconds. */
const pauses = fc.array(fc.integer({ min: 0, max: 45 * DAY }), { minLength: 1, maxLength: 40 });
const times = fc.record({
  period: fc.integer({ min: DAY, max: 100 * DAY }),
  longestLife: fc.integer({ min: 1, max: 100 * DAY }),
});

describe("rotations at any moments", () => {
  test("never sign with a key that was not published, nor drop one while a session may live", () => {
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

  test("change nothing more when they are repeated", () => {
    fc.assert(
      fc.property(pauses, times, fc.nat({ max: PATIENCE - 1 }), (moments, { period, longestLife }, later) => {
        let [now, ring] = [NOW, parseKeyRing(textOf({}))];
        for (const pause of moments) {
          now += pause;
          ring = rotateKeys(ring, { now, period, longestLife });
        }
        const again = rotateKeys(ring, { now: now + later, period, longestLife });
        if (ring.next?.born === now) expect(listOf(again).slice(0, 2)).toEqual(listOf(ring).slice(0, 2));
        expect(formatKeyRing(rotateKeys(ring, { now, period, longestLife }))).toBe(formatKeyRing(ring));
      }),
    );
  });

  test("keep no more keys than the life of a session needs", () => {
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
    current: { key: A, signs: NOW - DAY },
    next: { key: B, born: NOW - DAY },
    previous: [{ key: C, retired: NOW - DAY }],
  };
  const fresh = "n".repeat(40);
  const ended = (key: string, of: KeyRing = ring) => endKey(of, keyId(key), NOW, () => fresh);

  test("that signs lets the next one sign, which every function knows", () => {
    expect(ended(A)).toEqual({
      current: { key: B, born: NOW - DAY, signs: NOW },
      next: { key: fresh, born: NOW },
      previous: ring.previous,
    });
  });

  test("that is next publishes another one", () => {
    expect(listOf(ended(B))).toEqual([A, fresh, C]);
  });

  test("that verifies only changes nothing else", () => {
    expect(ended(C)).toEqual({ ...ring, previous: [] });
  });

  test("that is the only one lets a new one sign", () => {
    const { current, next } = endKey({ current: { key: A }, previous: [] }, keyId(A), NOW);
    expect(current.key).not.toBe(A);
    expect(next?.key).not.toBe(current.key);
  });

  test("fails for an id that no key has", () => {
    expect(() => ended("x".repeat(40))).toThrow(/^there is no key [\da-f]{8}$/);
  });
});

describe("a secret's text", () => {
  const arbitrary = fc
    .tuple(pauses, times)
    .map(([moments, { period, longestLife }]) =>
      moments.reduce<KeyRing>(
        (ring, pause, index) =>
          rotateKeys(ring, { now: NOW + index * 45 * DAY + pause, period, longestLife }),
        parseKeyRing(textOf({})),
      ),
    );

  test("is read as the ring that was written", () => {
    fc.assert(
      fc.property(arbitrary, (ring) => {
        expect(parseKeyRing(formatKeyRing(ring))).toEqual(ring);
      }),
    );
  });

  test("is what Flask and the functions read: the key that signs, then all others", () => {
    fc.assert(
      fc.property(arbitrary, (ring) => {
        const text = formatKeyRing(ring);
        expect(keysIn(text)).toEqual(listOf(ring));
        expect(parseSecretKeys(text)).toEqual(listOf(ring));
      }),
    );
  });

  test("keeps what else is in it, and tells no key twice", () => {
    const text = formatKeyRing(parseKeyRing(textOf({})), textOf({ DATABASE: "x", __proto__: null }));
    expect(JSON.parse(text)).toEqual({
      SECRET_KEY: A,
      SECRET_KEY_FALLBACKS: [],
      SECRET_KEY_HISTORY: [{ id: keyId(A) }],
      DATABASE: "x",
    });
  });

  test.each([
    ["no JSON", "a-secret-text"],
    ["a list", '["a-secret-text"]'],
    ["null", "null"],
    ["without a key", '{"SECRET_KEY_FALLBACKS":["a-secret-text"]}'],
    ["with a key that is no text", '{"SECRET_KEY":["a-secret-text"]}'],
    ["with fallbacks that are no list", textOf({ SECRET_KEY_FALLBACKS: "a-secret-text" })],
    ["with a short key", '{"SECRET_KEY":"a-secret-text"}'],
    ["with a short fallback", textOf({ SECRET_KEY_FALLBACKS: ["a-secret-text"] })],
    ["with a fallback that is no text", textOf({ SECRET_KEY_FALLBACKS: [{ text: "a-secret-text" }] })],
  ])("in another form is refused, and not told: %s", (_, text) => {
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

describe("a secret that somebody edited", () => {
  test("may have fallbacks without a history: they count as retired at the next rotation", () => {
    const ring = rotateKeys(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C] })), TIMES);
    expect(ring.previous).toMatchObject([
      { key: B, retired: NOW },
      { key: C, retired: NOW },
    ]);
  });

  test("may name a key twice", () => {
    expect(listOf(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [A, B, B, A] })))).toEqual([A, B]);
  });

  test("may have null for fallbacks, as Flask itself allows", () => {
    expect(listOf(parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: null })))).toEqual([A]);
  });

  test("loses no key that is marked as next, however many are", () => {
    const history = [A, B, C].map((key) => ({ id: keyId(key), next: true }));
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C], SECRET_KEY_HISTORY: history }));
    expect([ring.current.key, ring.next?.key, ring.previous.map(({ key }) => key)]).toEqual([A, B, [C]]);
  });

  test("does not let a key sign at once whose birth it does not tell", () => {
    const history = [{ id: keyId(B), next: true }];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    expect(rotateKeys(ring, TIMES).current.key).toBe(A);
  });

  test("does not stop rotations by dates that are yet to come", () => {
    const history = [{ id: keyId(B), next: true, born: isoOf(NOW + 9000 * DAY) }];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    const later = rotateKeys(rotateKeys(ring, TIMES), { ...TIMES, now: NOW + PATIENCE });
    expect(later.current.key).toBe(B);
  });

  test("has the key in front sign, though the history says that it was retired", () => {
    const history = [
      { id: keyId(A), retired: isoOf(NOW - 900 * DAY) },
      { id: keyId(B), next: true, born: isoOf(0) },
    ];
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    const { current, previous } = rotateKeys(ring, TIMES);
    expect([current.key, previous]).toMatchObject([B, [{ key: A, retired: NOW }]]);
  });

  test.each<[string, unknown]>([
    ["no list", { id: keyId(A) }],
    ["a text", "history"],
    [
      "a list of anything",
      [null, 5, "text", [], {}, { id: null }, { id: keyId(B), born: "soon", next: "yes" }],
    ],
    ["dates in other forms", [{ id: keyId(B), born: 5, retired: { now: true }, signs: ["2026-01-01"] }]],
  ])("may hold any history: %s", (_, history) => {
    const ring = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B], SECRET_KEY_HISTORY: history }));
    expect(ring).toEqual({ current: { key: A }, previous: [{ key: B }] });
  });

  test("may hold any JSON for a history, and is rotated without a loss", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (history) => {
        const before = parseKeyRing(textOf({ SECRET_KEY_FALLBACKS: [B, C], SECRET_KEY_HISTORY: history }));
        expect(lostKeys(before, rotateKeys(before, TIMES), TIMES)).toEqual([]);
      }),
    );
  });
});

describe("what would be lost between two rings", () => {
  const before = { current: { key: A }, next: { key: B }, previous: [{ key: C, retired: NOW - 31 * DAY }] };

  test("is nothing when all keys stay", () => {
    expect(lostKeys(before, { ...before }, TIMES)).toEqual([]);
  });

  test("is a key that may have signed a living session", () => {
    expect(lostKeys(before, { ...before, previous: [] }, TIMES)).toEqual([keyId(C)]);
    expect(lostKeys(before, { ...before, previous: [] }, { ...TIMES, now: NOW + 1 })).toEqual([]);
  });

  test("is a key that would sign before it was published", () => {
    const after = { ...before, current: { key: "x".repeat(40) }, previous: [{ key: A }, ...before.previous] };
    expect(lostKeys(before, after, TIMES)).toEqual([keyId("x".repeat(40))]);
  });
});
