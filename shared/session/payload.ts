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

/** The JSON again. Throws when it was marked as compressed but is not, or inflates to more than `MOST_INFLATED`. */
export function decodePayload(payload: string): string {
  if (!payload.startsWith(".")) return Buffer.from(payload, "base64url").toString();
  const deflated = Buffer.from(payload.slice(1), "base64url");
  return loadZlib().inflateSync(deflated, { maxOutputLength: MOST_INFLATED }).toString();
}
