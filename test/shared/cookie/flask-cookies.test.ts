import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodePayload } from "../../../shared/cookie/payload.ts";
import { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import type { Digest } from "../../../shared/crypto/hmac.ts";
import type { KeyDerivation } from "../../../shared/crypto/key-derivation.ts";
import type { SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { isPlainObject } from "../../../shared/values/plain-object.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { fromNeutral, type NeutralValue } from "../../support/flask-values.ts";
import { load } from "./load.ts";

/** A session cookie that Flask wrote. */
interface Vector {
  readonly name: string;
  readonly secret: string | { readonly base64: string };
  readonly salt: string;
  readonly digest: Digest;
  readonly keyDerivation: KeyDerivation;
  /** Seconds since the epoch. */
  readonly signedAt: number;
  readonly session: NeutralValue;
  readonly cookie: string;
}

/** Cookies of several keys, and whether a reader with the current key and the fallbacks accepts them. */
interface Rotation {
  readonly current: string;
  readonly fallbacks: readonly string[];
  readonly cookies: readonly { signedWith: string; accepted: boolean; cookie: string }[];
}

const { vectors, rotation } = JSON.parse(
  readFileSync(new URL("../data/flask-cookies.json", import.meta.url), "utf8"),
) as { vectors: Vector[]; rotation: Rotation };

const DAY = 24 * 60 * 60;
const json = new TaggedJSON();

function keyOf({ secret }: Vector): string | Uint8Array {
  return typeof secret === "string" ? secret : Buffer.from(secret.base64, "base64");
}

function serializerFor(vector: Vector, keys: SecretKeys = [keyOf(vector)]): URLSafeTimedSerializer {
  const { salt, digest, keyDerivation } = vector;
  return new URLSafeTimedSerializer({ keys, salt, digest, keyDerivation, json, compress: true });
}

function ageAt(now: number) {
  return { now, maxAge: 31 * DAY, clockSkew: 60 };
}

function valuesOf({ session }: Vector): Record<string, unknown> {
  return fromNeutral(session) as Record<string, unknown>;
}

function payloadOf(cookie: string): string {
  return cookie.slice(0, cookie.lastIndexOf(".", cookie.lastIndexOf(".") - 1));
}

/** Returns whether Flask wrote the JSON as this project does, without compression and escapes. */
function isPlain({ cookie }: Vector): boolean {
  const payload = payloadOf(cookie);
  return !payload.startsWith(".") && !decodePayload(payload).includes("\\u");
}

/** Sorts the keys of objects, as Flask does. This project keeps their order. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !isPlainObject(value)) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

test("Flask's test data has cookies of every type, digest and key derivation", () => {
  expect(vectors.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["tuple", "bytes", "markup", "uuid", "datetime", "integers past 2^53", "flashes"]),
  );
  expect(new Set(vectors.map(({ digest, keyDerivation }) => `${digest} ${keyDerivation}`)).size).toBe(12);
  expect(vectors.some(({ cookie }) => cookie.startsWith("."))).toBe(true);
});

describe.each(vectors)("Flask's cookie: $name", (vector) => {
  const { cookie, signedAt } = vector;
  const values = valuesOf(vector);

  test("a cookie of Flask is read as the data that Flask stored", () => {
    expect(load(serializerFor(vector), cookie, ageAt(signedAt))).toStrictEqual({ values, signedAt });
  });

  test("a cookie of Flask is valid for its whole lifetime, and if its clock is ahead by the clock skew", () => {
    for (const now of [signedAt + 31 * DAY, signedAt - 60])
      expect(load(serializerFor(vector), cookie, ageAt(now))).toMatchObject({ signedAt });
  });

  test("a cookie of Flask has expired one second after its lifetime", () => {
    expect(load(serializerFor(vector), cookie, ageAt(signedAt + 31 * DAY + 1))).toEqual({
      refusal: "expired",
    });
  });

  test("a cookie of Flask is refused if its clock is ahead by more than the clock skew", () => {
    expect(load(serializerFor(vector), cookie, ageAt(signedAt - 61))).toEqual({
      refusal: "signed_in_future",
    });
  });

  test("a cookie of Flask is refused with another key, salt, digest or key derivation", () => {
    const { digest, keyDerivation, salt } = vector;
    const others: Vector[] = [
      { ...vector, secret: "another secret" },
      { ...vector, digest: digest === "sha1" ? "sha256" : "sha1" },
      { ...vector, keyDerivation: keyDerivation === "hmac" ? "concat" : "hmac" },
      ...(keyDerivation === "none" ? [] : [{ ...vector, salt: `${salt}2` }]),
    ];
    for (const other of others)
      expect(load(serializerFor(other), cookie, ageAt(signedAt))).toEqual({ refusal: "bad_signature" });
  });

  test("the data of a cookie of Flask is read the same after this project has written it", () => {
    const written = serializerFor(vector).dumps(values, signedAt);
    expect(load(serializerFor(vector), written, ageAt(signedAt))).toStrictEqual({ values, signedAt });
    expect(written.split(".").at(-2)).toBe(cookie.split(".").at(-2));
  });
});

describe("a cookie in which Flask escaped and compressed nothing", () => {
  const same = vectors.filter(isPlain);

  test("there are cookies of every digest and key derivation", () => {
    expect(new Set(same.map(({ digest, keyDerivation }) => `${digest} ${keyDerivation}`)).size).toBe(12);
  });

  test.each(same)(
    "this project writes the same cookie as Flask when the keys are sorted: $name",
    (vector) => {
      const values = sorted(valuesOf(vector)) as Record<string, unknown>;
      expect(serializerFor(vector).dumps(values, vector.signedAt)).toBe(vector.cookie);
    },
  );
});

describe("Flask's rotation of keys", () => {
  const { current, fallbacks, cookies } = rotation;
  const reader = new URLSafeTimedSerializer({
    keys: [current, ...fallbacks],
    salt: "cookie-session",
    digest: "sha1",
    keyDerivation: "hmac",
    json,
    compress: true,
  });
  const signedAt = Buffer.from(`${cookies[0]?.cookie.split(".")[1]}`, "base64url").readUInt32BE();

  test.each(cookies)(
    "a cookie that was signed with $signedWith is accepted: $accepted",
    ({ signedWith, accepted, cookie }) => {
      expect(load(reader, cookie, ageAt(signedAt))).toEqual(
        accepted ? { values: { signedWith }, signedAt } : { refusal: "bad_signature" },
      );
    },
  );

  test("a session is signed with the current key, as Flask does", () => {
    const signed = cookies.find(({ signedWith }) => signedWith === current);
    expect(reader.dumps({ signedWith: current }, signedAt)).toBe(signed?.cookie);
  });
});
