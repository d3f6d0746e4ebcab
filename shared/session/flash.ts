import type { TrackedData } from "../values/tracked-data.ts";
import { Markup } from "../values/types/markup.ts";
import { Tuple } from "../values/types/tuple.ts";
import { RESERVED } from "./reserved-keys.ts";

/** A message for the next page. */
export interface Flash {
  /** Any string. Flask's categories are `message`, `error`, `info` and `warning`. */
  readonly category: string;
  readonly message: string | Markup;
}

/** Adds a message to the stored ones, in Flask's form: an array of tuples of category and message. */
export function addFlash(data: TrackedData, { category, message }: Flash): void {
  data.set(RESERVED.flashes, [...readStored(data), Tuple.of<unknown>(category, message)]);
}

/** Removes the stored messages and returns them. Values that are not in Flask's form are ignored. */
export function takeFlashes(data: TrackedData): readonly Flash[] {
  const flashes = readStored(data).filter(isFlash);
  data.delete(RESERVED.flashes);
  return flashes.map(([category, message]) => ({ category, message }));
}

function isFlash(flash: unknown): flash is [string, string | Markup] {
  if (!Array.isArray(flash) || flash.length !== 2) return false;
  const [category, message] = flash;
  return typeof category === "string" && (typeof message === "string" || message instanceof Markup);
}

function readStored(data: TrackedData): unknown[] {
  const flashes = data.get(RESERVED.flashes);
  return Array.isArray(flashes) ? flashes : [];
}
