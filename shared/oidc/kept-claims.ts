import { OptionError } from "../options/option-error.ts";

/** Types of the claims that an application keeps. `strings` is an array of strings, such as of groups. */
export type ClaimType = "string" | "boolean" | "number" | "strings";

/**
 * Names and types of the claims of the ID token that an application keeps in the session:
 *
 * ```ts
 * export const CLAIMS = { email: "string", email_verified: "boolean" } as const satisfies ClaimTypes;
 * export interface SessionData { claims: KeptClaims<typeof CLAIMS> }
 * ```
 */
export type ClaimTypes = Readonly<Record<string, ClaimType>>;

interface Values {
  string: string;
  boolean: boolean;
  number: number;
  strings: string[];
}

/** The kept claims, in the session under `claims`. Each may be absent, because a provider may omit it. */
export type KeptClaims<T extends ClaimTypes> = { -readonly [Name in keyof T]?: Values[T[Name]] };

/**
 * Claim types for the data of an application's sessions: those of its key `claims`, or none without that key.
 */
export type ClaimTypesOf<D extends object> = D extends { claims: infer Claims }
  ? { readonly [Name in keyof Claims]-?: TypeOf<NonNullable<Claims[Name]>> }
  : Readonly<Record<string, never>>;

type TypeOf<Value> = { [Type in ClaimType]: Value extends Values[Type] ? Type : never }[ClaimType];

const CHECKS: Readonly<Record<ClaimType, (value: unknown) => boolean>> = {
  string: isString,
  boolean: (value) => typeof value === "boolean",
  number: Number.isFinite,
  strings: (value) => Array.isArray(value) && value.every(isString),
};

/** Lone surrogates cannot be stored. */
function isString(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed();
}

/** Throws an OptionError for a claim type that does not exist. */
export function assertClaimTypes(types: object): asserts types is ClaimTypes {
  for (const [name, type] of Object.entries(types))
    if (!Object.hasOwn(CHECKS, type))
      throw new OptionError(`claims.${name}`, `must be one of ${Object.keys(CHECKS).join(", ")}`);
}

/** Returns the claims that an application keeps, and the names of those whose value has another type. */
export function keepClaims(
  claims: Readonly<Record<string, unknown>>,
  types: ClaimTypes,
): { readonly kept: Record<string, unknown>; readonly others: readonly string[] } {
  const present = Object.keys(types).filter((name) => Object.hasOwn(claims, name) && claims[name] !== null);
  const matching = present.filter((name) => CHECKS[types[name] ?? "string"](claims[name]));
  return {
    kept: Object.fromEntries(matching.map((name) => [name, claims[name]])),
    others: present.filter((name) => !matching.includes(name)),
  };
}
