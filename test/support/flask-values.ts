import { Markup } from "../../shared/values/types/markup.ts";
import { Tuple } from "../../shared/values/types/tuple.ts";
import { UUID } from "../../shared/values/types/uuid.ts";

/**
 * Python value in a neutral notation, as in `test/shared/data/flask-cookies.json`. Types of JSON represent
 * themselves, and all others name their type.
 */
export type NeutralValue = null | boolean | number | string | readonly NeutralValue[] | NeutralObject;

type NeutralObject =
  | { readonly py: "dict"; readonly entries: readonly (readonly [string, NeutralValue])[] }
  | { readonly py: "tuple"; readonly value: readonly NeutralValue[] }
  | { readonly py: "bytes"; readonly base64: string }
  | { readonly py: "markup" | "uuid"; readonly value: string }
  | { readonly py: "datetime"; readonly epochSeconds: number }
  /** Decimal digits of an integer beyond 2^53. */
  | { readonly py: "int"; readonly value: string }
  /** Output of Python's `repr`. */
  | { readonly py: "float"; readonly value: string };

/** Converts a neutral value to a value of a session. */
export function fromNeutral(neutral: NeutralValue): unknown {
  if (typeof neutral !== "object" || neutral === null) return neutral;
  return isPlainArray(neutral) ? neutral.map(fromNeutral) : fromObject(neutral);
}

function isPlainArray(neutral: NeutralValue): neutral is readonly NeutralValue[] {
  return Array.isArray(neutral);
}

function fromObject(neutral: NeutralObject): unknown {
  switch (neutral.py) {
    case "dict":
      return Object.fromEntries(neutral.entries.map(([key, value]) => [key, fromNeutral(value)]));
    case "tuple":
      return Tuple.from(neutral.value.map(fromNeutral));
    case "bytes":
      return Uint8Array.from(Buffer.from(neutral.base64, "base64"));
    case "markup":
      return new Markup(neutral.value);
    case "uuid":
      return new UUID(neutral.value);
    case "datetime":
      return new Date(neutral.epochSeconds * 1000);
    case "int":
      return BigInt(neutral.value);
    case "float":
      return Number(neutral.value);
  }
}

/** Converts a session's value to the neutral notation, which `app.py` uses too. */
export function toNeutral(value: unknown): NeutralValue {
  if (value instanceof Tuple) return { py: "tuple", value: Array.from(value, toNeutral) };
  if (Array.isArray(value)) return value.map(toNeutral);
  if (value instanceof Uint8Array) return { py: "bytes", base64: Buffer.from(value).toString("base64") };
  if (value instanceof Markup) return { py: "markup", value: value.html };
  if (value instanceof UUID) return { py: "uuid", value: value.value };
  if (value instanceof Date) return { py: "datetime", epochSeconds: value.getTime() / 1000 };
  if (typeof value === "bigint") return { py: "int", value: `${value}` };
  if (typeof value === "number" && (!Number.isInteger(value) || Object.is(value, -0)))
    return { py: "float", value: toPythonFloat(value) };
  if (typeof value === "object" && value !== null)
    return { py: "dict", entries: Object.entries(value).map(([key, item]) => [key, toNeutral(item)]) };
  return value as NeutralValue;
}

/** Formats a number like Python's `repr`: exponents have at least two digits, and -0 keeps its sign. */
function toPythonFloat(value: number): string {
  return (Object.is(value, -0) ? "-0.0" : String(value)).replace(/e([+-])(\d)$/, "e$10$2");
}
