/** Whether all proofs run at full length: with `PROOFS=all`, as in CI. Otherwise they are sampled, which is quicker. */
export const ALL_PROOFS = process.env.PROOFS === "all";

/** Returns how many random runs a proof makes. */
export function runsOf({ all, sampled }: { readonly all: number; readonly sampled: number }): number {
  return ALL_PROOFS ? all : sampled;
}

/**
 * Returns the cases that a proof goes through: all of them, or each nth.
 *
 * @param first the index of the first one of a sample
 */
export function casesOf<T>(
  cases: readonly T[],
  { eachNth, first = 0 }: { eachNth: number; first?: number },
): T[] {
  return cases.filter((_, index) => ALL_PROOFS || index % eachNth === first % eachNth);
}
