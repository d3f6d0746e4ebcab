import { Markup } from "../../shared/session/types/markup.ts";
import { Tuple } from "../../shared/session/types/tuple.ts";
import { UUID } from "../../shared/session/types/uuid.ts";

/** A session's value in the neutral form that `app.py` speaks too: JSON, with Python's types by name. */
export function toNeutral(value: unknown): unknown {
  if (value instanceof Tuple) return { py: "tuple", value: Array.from(value, toNeutral) };
  if (Array.isArray(value)) return value.map(toNeutral);
  if (value instanceof Uint8Array) return { py: "bytes", base64: Buffer.from(value).toString("base64") };
  if (value instanceof Markup) return { py: "markup", value: value.html };
  if (value instanceof UUID) return { py: "uuid", value: value.value };
  if (value instanceof Date) return { py: "datetime", epochSeconds: value.getTime() / 1000 };
  if (typeof value === "bigint") return { py: "int", value: `${value}` };
  if (typeof value === "number" && (!Number.isInteger(value) || Object.is(value, -0)))
    return { py: "float", value: pythonFloat(value) };
  if (typeof value === "object" && value !== null)
    return { py: "dict", entries: Object.entries(value).map(([key, item]) => [key, toNeutral(item)]) };
  return value;
}

type Neutral = {
  py: string;
  value?: unknown;
  base64?: string;
  epochSeconds?: number;
  entries?: [string, unknown][];
};

/** The value that a neutral form stands for. */
export function fromNeutral(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromNeutral);
  if (typeof value !== "object" || value === null) return value;
  const { py, value: inner, base64 = "", epochSeconds = 0, entries = [] } = value as Neutral;
  switch (py) {
    case "dict":
      return Object.fromEntries(entries.map(([key, item]) => [key, fromNeutral(item)]));
    case "tuple":
      return Tuple.from((inner as unknown[]).map(fromNeutral));
    case "bytes":
      return Uint8Array.from(Buffer.from(base64, "base64"));
    case "markup":
      return new Markup(inner as string);
    case "uuid":
      return new UUID(inner as string);
    case "datetime":
      return new Date(epochSeconds * 1000);
    case "int":
      return BigInt(inner as string);
    default:
      return Number(inner);
  }
}

/** The shortest digits, as Python's `repr` writes them: an exponent has two digits at least, and -0 its sign. */
function pythonFloat(value: number): string {
  return (Object.is(value, -0) ? "-0.0" : String(value)).replace(/e([+-])(\d)$/, "e$10$2");
}
