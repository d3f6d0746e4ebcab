import { isUtf8 } from "node:buffer";

type Zlib = typeof import("node:zlib");

/** Loaded at the first use: most functions never compress, and loading costs some milliseconds. */
let zlib: Zlib | undefined;

function loadZlib(): Zlib {
  zlib ??= process.getBuiltinModule("node:zlib");
  return zlib;
}

/** The size in bytes from which compressing is tried: below it, it gains little and costs ten signatures. */
export const COMPRESS_FROM = 300;

/** The most that a payload may inflate to, in bytes; a cookie's worth of zeros could otherwise become megabytes. */
export const MOST_INFLATED = 1024 * 1024;

/**
 * JSON in the URL-safe alphabet; a dot in front marks compression (itsdangerous, `URLSafeSerializerMixin`).
 *
 * @param compress whether to compress where that makes it shorter
 */
export function encodePayload(json: string, compress: boolean): string {
  const bytes = Buffer.from(json);
  if (!compress || bytes.length < COMPRESS_FROM) return bytes.toString("base64url");
  const deflated = loadZlib().deflateSync(bytes);
  return deflated.length < bytes.length - 1
    ? `.${deflated.toString("base64url")}`
    : bytes.toString("base64url");
}

/**
 * The JSON again. Throws when the bytes are not UTF-8, or are marked as compressed but are not, or inflate to more
 * than `MOST_INFLATED`.
 */
export function decodePayload(payload: string): string {
  const bytes = payload.startsWith(".") ? inflate(payload.slice(1)) : Buffer.from(payload, "base64url");
  if (!isUtf8(bytes)) throw new TypeError("the payload is not UTF-8");
  return bytes.toString();
}

function inflate(deflated: string): Buffer {
  return loadZlib().inflateSync(Buffer.from(deflated, "base64url"), { maxOutputLength: MOST_INFLATED });
}
