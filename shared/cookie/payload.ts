type Zlib = typeof import("node:zlib");

/** Loaded at the first use, because most functions never compress and loading takes milliseconds. */
let zlib: Zlib | undefined;

function loadZlib(): Zlib {
  zlib ??= process.getBuiltinModule("node:zlib");
  return zlib;
}

/**
 * The size in bytes from which compression is tried. Below, it saves little and takes as long as ten
 * signatures.
 */
export const COMPRESS_FROM = 300;

/**
 * The maximum size of an inflated payload, in bytes. A cookie could otherwise inflate to megabytes, which
 * every request with it would parse. Larger JSON is not compressed.
 */
export const MOST_INFLATED = 64 * 1024;

/** JSON as bytes. */
export interface PackedJSON {
  /** A dot marks compression. */
  readonly mark: "" | ".";
  readonly bytes: Buffer;
}

/**
 * Encodes JSON in UTF-8, and compresses it with zlib.
 *
 * @param compress whether to compress if that makes it shorter
 */
export function packJSON(json: string, compress: boolean): PackedJSON {
  const bytes = Buffer.from(json);
  if (!compress || bytes.length < COMPRESS_FROM || bytes.length > MOST_INFLATED) return { mark: "", bytes };
  const deflated = loadZlib().deflateSync(bytes);
  return deflated.length < bytes.length - 1 ? { mark: ".", bytes: deflated } : { mark: "", bytes };
}

/**
 * Returns the JSON. Throws if the bytes are not UTF-8, are marked as compressed but are not, or inflate to
 * more than `MOST_INFLATED`.
 */
export function unpackJSON({ mark, bytes }: PackedJSON): string {
  const json = mark === "." ? loadZlib().inflateSync(bytes, { maxOutputLength: MOST_INFLATED }) : bytes;
  const text = json.toString();
  if (text.includes(REPLACEMENT) && !process.getBuiltinModule("node:buffer").isUtf8(json))
    throw new TypeError("the payload is not UTF-8");
  return text;
}

/** The replacement for bytes that are not UTF-8. Valid text may contain it too. */
const REPLACEMENT = "\ufffd";

/** The length up to which JSON and payloads use the shared buffer. No browser stores a longer cookie. */
const USUAL_LENGTH = 4096;

/** The shared buffer. UTF-8 takes at most three bytes for each UTF-16 code unit. */
const buffer = Buffer.alloc(3 * USUAL_LENGTH);

/**
 * Encodes JSON in the URL-safe alphabet; a leading dot marks compression (itsdangerous,
 * `URLSafeSerializerMixin`).
 *
 * @param compress whether to compress if that makes it shorter
 */
export function encodePayload(json: string, compress: boolean): string {
  if (!compress && json.length <= USUAL_LENGTH) return buffer.toString("base64url", 0, buffer.write(json));
  const { mark, bytes } = packJSON(json, compress);
  return mark + bytes.toString("base64url");
}

/** Returns the JSON. Throws as `unpackJSON` does. */
export function decodePayload(payload: string): string {
  const mark = payload.startsWith(".") ? "." : "";
  if (mark === "" && payload.length <= USUAL_LENGTH) {
    const json = buffer.toString("utf8", 0, buffer.write(payload, "base64url"));
    if (!json.includes(REPLACEMENT)) return json;
  }
  return unpackJSON({ mark, bytes: Buffer.from(payload.slice(mark.length), "base64url") });
}
