import { generateKeyPair, type JsonWebKey, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { OptionError } from "../options/option-error.ts";

/** Algorithm of the provider's signatures (RFC 7518, section 3.1). */
export type SigningAlgorithm = "RS256" | "ES256";

/** Private key of the provider, as a JSON Web Key with its id and algorithm. */
export type SigningKey = JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: "sig" };

/** Number of keys that are published: the one that signs and those whose tokens are still verified. */
const MOST_KEYS = 3;

const generate = promisify(generateKeyPair);

/** Keys of the provider, newest first. The first one signs. A file keeps them if a path is given. */
export class SigningKeys {
  readonly #algorithm: SigningAlgorithm;
  readonly #file: string | undefined;
  #keys: readonly SigningKey[] = [];

  constructor(algorithm: SigningAlgorithm, file: string | undefined) {
    this.#algorithm = algorithm;
    this.#file = file;
  }

  /** The keys, newest first. */
  get all(): readonly SigningKey[] {
    return this.#keys;
  }

  /**
   * Reads the file, and creates a key if there is no file, or none of its keys has the algorithm.
   *
   * @throws OptionError for a file that contains something else
   */
  async load(): Promise<void> {
    this.#keys = this.#file === undefined ? [] : await readKeys(this.#file);
    if (this.#keys[0]?.alg !== this.#algorithm) await this.rotate();
  }

  /**
   * Creates a key that signs from now on. The previous ones remain published, so their tokens remain valid.
   */
  async rotate(): Promise<void> {
    this.#keys = [await createKey(this.#algorithm), ...this.#keys].slice(0, MOST_KEYS);
    if (this.#file === undefined) return;
    // A process that ends here leaves the previous file.
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, JSON.stringify({ keys: this.#keys }, null, 2), { mode: 0o600 });
    await rename(draft, this.#file);
  }
}

async function createKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } =
    alg === "RS256"
      ? await generate("rsa", { modulusLength: 2048 })
      : await generate("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg, use: "sig" };
}

async function readKeys(file: string): Promise<readonly SigningKey[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const keys = parseKeys(text);
  if (keys) return keys;
  throw new OptionError(
    file,
    "contains no keys of the provider; delete it, and the next start creates new ones",
  );
}

function parseKeys(text: string): readonly SigningKey[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys: readonly SigningKey[] };
    return keys.length > 0 && keys.every(({ kty, kid, alg, d }) => kty && kid && alg && d) ? keys : undefined;
  } catch {
    return undefined;
  }
}
