import { type HttpEvent, headerValues } from "./http-event.ts";
import type { HttpResult } from "./http-result.ts";
import { type JsonObject, parseJsonObject } from "./json-object.ts";
import { refuse } from "./refuse.ts";

/** The body of a request, or the response to a request whose body is rejected. */
export type RequestBody<Body> =
  | { readonly body: Body; readonly problem?: undefined }
  | { readonly body?: undefined; readonly problem: HttpResult };

const FORM_TYPE = "application/x-www-form-urlencoded";
const JSON_TYPE = /^application\/(\S+\+)?json$/;

/**
 * Reads a form. `problem` answers another content type than `application/x-www-form-urlencoded` with 415.
 *
 * ```ts
 * const { body, problem } = readForm(event);
 * if (problem) return problem;
 * const name = body.get("name");
 * ```
 */
export function readForm(event: HttpEvent): RequestBody<URLSearchParams> {
  if (mediaTypeOf(event) !== FORM_TYPE)
    return { problem: refuse(event, 415, `Please send a form (${FORM_TYPE}).`) };
  return { body: new URLSearchParams(bytesOf(event).toString()) };
}

/**
 * Reads a JSON object. `problem` answers another content type than `application/json` or one with `+json`
 * with 415, and with 400 everything that is not an object of I-JSON (RFC 7493), such as an array, an empty
 * body or a repeated name.
 *
 * ```ts
 * const { body, problem } = readJson(event);
 * if (problem) return problem;
 * if (typeof body.name !== "string") return refuse(event, 400, "Please give a name.");
 * ```
 */
export function readJson(event: HttpEvent): RequestBody<JsonObject> {
  if (!JSON_TYPE.test(mediaTypeOf(event)))
    return { problem: refuse(event, 415, "Please send JSON (application/json).") };
  const parsed = parseJsonObject(decode(bytesOf(event)));
  return typeof parsed === "string" ? { problem: refuse(event, 400, parsed) } : { body: parsed };
}

function mediaTypeOf(event: HttpEvent): string {
  return headerValues(event, "content-type").join().split(";", 1).join().trim().toLowerCase();
}

function bytesOf({ body, isBase64Encoded }: HttpEvent): Buffer {
  return Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
}

/**
 * Decodes UTF-8 without its byte order mark. Returns an empty string for other bytes, which is no JSON
 * either.
 */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}
