import { readFile } from "node:fs/promises";
import { OptionError } from "../options/option-error.ts";

/** Person who can sign in at the local provider. */
export interface Person {
  /** Subject of the tokens (`sub`): 1 to 100 letters, digits and `._@-`. */
  readonly id: string;
  /** Claim `name`. */
  readonly name: string;
  /** Claim `email`, which counts as verified. Default: none. */
  readonly email?: string;
  /** True if the person is asked for a code too, which gives the `acr` "mfa". Default: false. */
  readonly secondFactor?: boolean;
  /** Further claims of the ID token, by name, such as `{ "roles": ["editor"] }`. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

const ID = /^[\w.@-]{1,100}$/;

/** Claims of OpenID Connect and of JSON Web Tokens that the provider itself sets. */
const OWN_CLAIMS: ReadonlySet<string> = new Set(
  "acr amr aud auth_time azp email email_verified exp iat iss jti name nbf nonce sid sub".split(" "),
);

const CHECKS: Readonly<Record<keyof Person, readonly [allowed: string, check: (value: unknown) => boolean]>> =
  {
    id: ["1 to 100 letters, digits and ._@-", (value) => typeof value === "string" && ID.test(value)],
    name: ["a non-empty string", isText],
    email: ["a non-empty string or absent", (value) => value === undefined || isText(value)],
    secondFactor: ["true, false or absent", (value) => value === undefined || typeof value === "boolean"],
    claims: [
      "an object of claims that the provider does not set itself, or absent",
      (value) =>
        value === undefined || (isObject(value) && !Object.keys(value).some((n) => OWN_CLAIMS.has(n))),
    ],
  };

/** People of the local provider: an array, or a file that is read again at each call. */
export class People {
  readonly #source: readonly Person[] | string;
  /** People of the last reading that succeeded. */
  #known: readonly Person[] = [];

  /** @throws OptionError for an array with an invalid person */
  constructor(source: readonly Person[] | string) {
    this.#source = source;
    if (typeof source !== "string") this.#known = checkPeople(source, "people");
  }

  /** Path of the file, or undefined for an array. */
  get file(): string | undefined {
    return typeof this.#source === "string" ? this.#source : undefined;
  }

  /** Names of all further claims, by the last reading. */
  get claimNames(): string[] {
    return [...new Set(this.#known.flatMap(({ claims = {} }) => Object.keys(claims)))].sort();
  }

  /**
   * Returns all people.
   *
   * @throws OptionError with a sentence about a file that cannot be read
   */
  async read(): Promise<readonly Person[]> {
    if (typeof this.#source === "string") this.#known = await readPeople(this.#source);
    return this.#known;
  }

  /** Returns a person, by the last reading that succeeded if the file is broken now. */
  async find(id: unknown): Promise<Person | undefined> {
    const people = await this.read().catch(() => this.#known);
    return people.find((person) => person.id === id);
  }
}

async function readPeople(file: string): Promise<readonly Person[]> {
  try {
    const text = await readFile(file, "utf8");
    return checkPeople(JSON.parse(text.replace(/^\uFEFF/, "")), file);
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw new OptionError(file, `cannot be read: ${(error as Error).message}`);
  }
}

function checkPeople(value: unknown, source: string): readonly Person[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new OptionError(source, "must be a non-empty array of people");
  for (const [index, person] of value.entries()) {
    const problem = isObject(person) ? findProblem(person) : "must be an object";
    if (problem) throw new OptionError(`${source}[${index}]`, problem);
  }
  const people = value as readonly Person[];
  const twice = people.find(({ id }, index) => people.findIndex((other) => other.id === id) !== index);
  if (twice) throw new OptionError(source, `has two people with the id ${twice.id}; give each their own`);
  return people;
}

function findProblem(person: Readonly<Record<string, unknown>>): string | undefined {
  const stray = Object.keys(person).find((name) => !Object.hasOwn(CHECKS, name));
  if (stray !== undefined) return `has the unknown property ${stray}; further claims belong into claims`;
  const wrong = Object.entries(CHECKS).find(([name, [, check]]) => !check(person[name]));
  return wrong && `its ${wrong[0]} must be ${wrong[1][0]}`;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
