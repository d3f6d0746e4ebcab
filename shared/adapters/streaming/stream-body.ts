import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { discard } from "../discard.ts";

/** Part of a body. A string is sent as UTF-8. */
export type BodyChunk = string | Uint8Array;

/**
 * Body of a streamed response: a string, bytes, or a stream of them, such as a `Readable`, a `ReadableStream`
 * or an async generator.
 */
export type StreamBody = BodyChunk | AsyncIterable<BodyChunk>;

/** Returns whether a value is read chunk by chunk. */
export function isStream(value: unknown): value is AsyncIterable<BodyChunk> {
  return Symbol.asyncIterator in Object(value);
}

/**
 * Writes a body and ends the target, at the pace of the target. If the target is closed before, as when the
 * client is gone, stops the source and returns.
 *
 * @throws the error of the source; the target is not ended then, so that Lambda reports it
 */
export async function writeBody(body: StreamBody, target: Writable): Promise<void> {
  // A ReadableStream cannot be cancelled while it is iterated.
  const source = body instanceof ReadableStream ? Readable.fromWeb(body) : body;
  const gone = new AbortController();
  const { signal } = gone;
  const leave = () => gone.abort();
  target.once("close", leave);
  const left = once(signal, "abort");
  if (target.destroyed) leave();
  try {
    await Promise.race([left, pump(source, target, signal)]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) return discard(source);
  target.end();
}

async function pump(body: StreamBody, target: Writable, signal: AbortSignal): Promise<void> {
  for await (const chunk of isStream(body) ? body : [body]) {
    if (signal.aborted) return;
    if (!target.write(chunk)) await once(target, "drain", { signal });
  }
}
