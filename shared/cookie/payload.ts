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

/** JSON as bytes. */
export interface PackedJSON {
  /** A dot marks compression. */
  readonly mark: "" | ".";
  readonly bytes: Buffer;
}

/**
 * JSON as bytes, in UTF-8 or as a zlib stream of it.
 *
 * @param compress whether to compress where that makes it shorter
 */
export function packJSON(json: string, compress: boolean): PackedJSON {
  const bytes = Buffer.from(json);
  if (!compress || bytes.length < COMPRESS_FROM) return { mark: "", bytes };
  const deflated = loadZlib().deflateSync(bytes);
  return deflated.length < bytes.length - 1 ? { mark: ".", bytes: deflated } : { mark: "", bytes };
}

/**
 * The JSON again. Throws when the bytes are not UTF-8, or are marked as compressed but are not, or inflate to more
 * than `MOST_INFLATED`.
 */
export function unpackJSON({ mark, bytes }: PackedJSON): string {
  const json = mark === "." ? loadZlib().inflateSync(bytes, { maxOutputLength: MOST_INFLATED }) : bytes;
  const text = json.toString();
  if (text.includes(REPLACEMENT) && !process.getBuiltinModule("node:buffer").isUtf8(json))
    throw new TypeError("the payload is not UTF-8");
  return text;
}

/** What decoding puts in the place of bytes that are not UTF-8. It may be in the text itself, too. */
const REPLACEMENT = "\ufffd";

/** JSON and payloads up to this length need no new buffer. No browser keeps a longer cookie. */
const USUAL_LENGTH = 4096;

/** The bytes of one JSON text while it is encoded or decoded. UTF-8 takes at most three bytes for a UTF-16 unit. */
const buffer = Buffer.alloc(3 * USUAL_LENGTH);

/**
 * JSON in the URL-safe alphabet; a dot in front marks compression (itsdangerous, `URLSafeSerializerMixin`).
 *
 * @param compress whether to compress where that makes it shorter
 */
export function encodePayload(json: string, compress: boolean): string {
  if (!compress && json.length <= USUAL_LENGTH) return buffer.toString("base64url", 0, buffer.write(json));
  const { mark, bytes } = packJSON(json, compress);
  return mark + bytes.toString("base64url");
}

/** The JSON again. Throws as `unpackJSON` does. */
export function decodePayload(payload: string): string {
  const mark = payload.startsWith(".") ? "." : "";
  if (mark === "" && payload.length <= USUAL_LENGTH) {
    const json = buffer.toString("utf8", 0, buffer.write(payload, "base64url"));
    if (!json.includes(REPLACEMENT)) return json;
  }
  return unpackJSON({ mark, bytes: Buffer.from(payload.slice(mark.length), "base64url") });
}
