/**
 * What a setting may be. Values come as text from the command line (`-c memorySize=512`) and typed from
 * `cdk.json` or from code; both forms are read.
 */
export interface SettingKind<T> {
  /** What is allowed, to follow "must be". */
  readonly allowed: string;
  /** The value, or undefined when it is not one that is allowed. */
  read(given: unknown): T | undefined;
}

/** True or false. */
export const flag: SettingKind<boolean> = {
  allowed: "true or false",
  read: (given) => [true, false].find((value) => String(value) === given || value === given),
};

/** A whole number from `least` to `most`; `unit` says of what, such as "seconds". */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER, unit = ""): SettingKind<number> {
  const end = most === Number.MAX_SAFE_INTEGER ? `, ${least} or more` : ` from ${least} to ${most}`;
  return {
    allowed: `a whole number${unit && ` of ${unit}`}${end}`,
    read(given) {
      const value = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given;
      return Number.isSafeInteger(value) && within(value as number, least, most)
        ? (value as number)
        : undefined;
    },
  };
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** One of a few words or numbers. */
export function oneOf<const T extends string | number>(values: readonly T[]): SettingKind<T> {
  return {
    allowed: `one of ${values.join(", ")}`,
    read: (given) => values.find((value) => value === given || String(value) === given),
  };
}

/** A text of the given form, which `allowed` tells. */
export function text(form: RegExp, allowed: string): SettingKind<string> {
  return { allowed, read: (given) => (typeof given === "string" && form.test(given) ? given : undefined) };
}

/** Some of a few words, as a list, its JSON, or texts with commas between them. */
export function listOf<const T extends string>(words: readonly T[]): SettingKind<readonly T[]> {
  return {
    allowed: `a list of ${words.join(", ")}`,
    read(given) {
      const list = typeof given === "string" ? parseList(given) : given;
      return Array.isArray(list) && list.length > 0 && list.every((one) => words.includes(one))
        ? list
        : undefined;
    },
  };
}

const LABEL = "[a-z\\d]([a-z\\d-]{0,61}[a-z\\d])?";

/** A host name with a dot in it: no IP address, no wildcard. */
export const hostName: SettingKind<string> = text(
  new RegExp(`^(?=.{1,253}$)(${LABEL}\\.)+(?!\\d+$)${LABEL}$`),
  "a host name in lower case such as app.example.com",
);

/** Web origins such as `https://app.example.com`, as a list, its JSON, or texts with commas between them. */
export const origins: SettingKind<readonly string[]> = {
  allowed: "a list of origins such as https://app.example.com, with commas between them or as JSON",
  read(given) {
    const list = typeof given === "string" ? parseList(given) : given;
    return Array.isArray(list) && list.every(isOrigin) ? list : undefined;
  },
};

function parseList(given: string): unknown {
  if (!given.trim().startsWith("[")) return given.split(",").map((one) => one.trim());
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

function isOrigin(value: unknown): value is string {
  return typeof value === "string" && /^https?:/.test(value) && URL.parse(value)?.origin === value;
}
