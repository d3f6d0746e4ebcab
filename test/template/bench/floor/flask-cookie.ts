import { timingSafeEqual } from "node:crypto";

/** Returns a function that signs strings with the derived key. */
export type Signature = (key: Uint8Array) => (text: string) => string;

/** Reads and writes one cookie. */
export interface FlaskCookie<T> {
  /** Returns the session in a cookie pair `name=value`; `undefined` when it is not valid. */
  read(cookie: string | undefined): T | undefined;
  /** Returns the Set-Cookie header. */
  write(session: T): string;
}

/** Signs a payload and verifies it. */
export interface Envelope {
  /** Returns the payload of a cookie pair; `undefined` when the pair is not valid. */
  open(cookie: string | undefined): string | undefined;
  /** Returns the Set-Cookie header. */
  seal(payload: string): string;
}

/** The cookie's name and attributes, which are this project's defaults. */
const NAME = "__Host-session=";
const ATTRIBUTES = "; Path=/; HttpOnly; Secure; SameSite=Lax";
const LIFETIME = 31 * 24 * 60 * 60;
const SKEW = 60;
const MOST_BYTES = 4096;
/** Characters of an HMAC-SHA-256 and of a four-byte time in base64url. */
const SIGNATURE = 43;
const TIMESTAMP = 6;

/**
 * Returns the floor: the least code that reads and writes Flask's cookie correctly. It has one key, no types
 * and no change tracking, but compares signatures in constant time and checks the expiry.
 */
export function flaskCookie<T extends object>(secret: string, signature: Signature): FlaskCookie<T> {
  const { open, seal } = envelope(secret, signature);
  const scratch = Buffer.alloc(4096);
  return {
    read(cookie) {
      const payload = open(cookie);
      if (payload === undefined) return undefined;
      return JSON.parse(scratch.toString("utf8", 0, scratch.write(payload, "base64url")));
    },
    write(session) {
      const length = scratch.write(JSON.stringify(session));
      return seal(scratch.toString("base64url", 0, length));
    },
  };
}

/** Returns the envelope that every floor puts around its payload. */
export function envelope(secret: string, signature: Signature): Envelope {
  const sign = signature(Buffer.from(signature(Buffer.from(secret))("cookie-session"), "base64url"));
  const timestamp = Buffer.alloc(4);
  const expected = Buffer.alloc(SIGNATURE);
  const given = Buffer.alloc(SIGNATURE);
  return {
    open(cookie) {
      if (cookie === undefined || !cookie.startsWith(NAME) || cookie.length > MOST_BYTES) return undefined;
      const end = cookie.length - SIGNATURE - 1;
      const dot = end - TIMESTAMP - 1;
      if (dot < NAME.length || cookie[end] !== "." || cookie[dot] !== ".") return undefined;
      expected.write(sign(cookie.slice(NAME.length, end)), "latin1");
      const length = given.write(cookie.slice(end + 1), "utf8");
      if (length !== SIGNATURE || !timingSafeEqual(expected, given)) return undefined;
      timestamp.write(cookie.slice(dot + 1, end), "base64url");
      const age = Math.floor(Date.now() / 1000) - timestamp.readUInt32BE();
      return age > LIFETIME || age < -SKEW ? undefined : cookie.slice(NAME.length, dot);
    },
    seal(payload) {
      timestamp.writeUInt32BE(Math.floor(Date.now() / 1000));
      const value = `${payload}.${timestamp.toString("base64url")}`;
      return `${NAME}${value}.${sign(value)}${ATTRIBUTES}`;
    },
  };
}
