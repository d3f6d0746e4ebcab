import { randomInt } from "node:crypto";
import fc from "fast-check";

/**
 * True if all proofs run at full length, with `PROOFS=all` as in CI. Otherwise they are sampled, which is
 * faster.
 */
export const ALL_PROOFS = process.env.PROOFS === "all";

/**
 * Seed of all random cases. It is fixed, so that a test has the same cases in every run and on every machine.
 * `SEED=random` draws another one and prints it, and `SEED=<number>` repeats that run.
 */
export const SEED = readSeed(process.env.SEED);

// The library's tests load this module first, so that the properties of fast-check have the seed. Without the
// second option, few arrays and strings would have more than ten items, whatever their maximum length.
fc.configureGlobal({ seed: SEED, defaultSizeToMaxWhenMaxSpecified: true });

/** Returns the number of random runs of a proof. */
export function runsOf({ all, sampled }: { readonly all: number; readonly sampled: number }): number {
  return ALL_PROOFS ? all : sampled;
}

/**
 * Returns the cases of a proof: all of them, or each nth.
 *
 * @param first index of the first case of a sample
 */
export function casesOf<T>(
  cases: readonly T[],
  { eachNth, first = 0 }: { eachNth: number; first?: number },
): T[] {
  return cases.filter((_, index) => ALL_PROOFS || index % eachNth === first % eachNth);
}

function readSeed(given: string | undefined): number {
  if (given === "random") {
    // Workers inherit the number, and draw none of their own.
    process.env.SEED = `${randomInt(2 ** 31)}`;
    console.info(`SEED=${process.env.SEED}`);
    return Number(process.env.SEED);
  }
  const seed = Number(given || 1);
  if (!Number.isInteger(seed)) throw new Error(`SEED must be an integer or "random", and is "${given}".`);
  return seed;
}
