import type { TrackedData } from "../values/tracked-data.ts";
import { Markup } from "../values/types/markup.ts";
import { Tuple } from "../values/types/tuple.ts";
import { RESERVED } from "./reserved-keys.ts";

/** A message for the next page. */
export interface Flash {
  /** Flask's categories are `message`, `error`, `info` and `warning`; any text will do. */
  readonly category: string;
  readonly message: string | Markup;
}

/** Adds a message to those that wait, in Flask's form: a list of tuples of category and message. */
export function addFlash(dictionary: TrackedData, { category, message }: Flash): void {
  dictionary.set(RESERVED.flashes, [...waiting(dictionary), Tuple.of<unknown>(category, message)]);
}

/** Takes out the messages that wait. What Flask would not have written is passed over. */
export function takeFlashes(dictionary: TrackedData): readonly Flash[] {
  const flashes = waiting(dictionary).filter(isFlash);
  dictionary.delete(RESERVED.flashes);
  return flashes.map(([category, message]) => ({ category, message }));
}

function isFlash(flash: unknown): flash is [string, string | Markup] {
  if (!Array.isArray(flash) || flash.length !== 2) return false;
  const [category, message] = flash;
  return typeof category === "string" && (typeof message === "string" || message instanceof Markup);
}

function waiting(dictionary: TrackedData): unknown[] {
  const flashes = dictionary.get(RESERVED.flashes);
  return Array.isArray(flashes) ? flashes : [];
}
