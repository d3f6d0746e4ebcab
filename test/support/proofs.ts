/**
 * True if all proofs run at full length, with `PROOFS=all` as in CI. Otherwise they are sampled, which is
 * faster.
 */
export const ALL_PROOFS = process.env.PROOFS === "all";

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
