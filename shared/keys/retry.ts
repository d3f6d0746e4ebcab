import { RetryableError } from "./secrets-manager.ts";

/** Waits for a number of milliseconds. */
export type Wait = (milliseconds: number) => Promise<unknown>;

/**
 * Calls `attempt` again after each pause while it fails with a RetryableError.
 *
 * @param pauses pauses between the tries, in milliseconds
 * @throws the error of the last try, or at once one of another kind
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  pauses: readonly number[],
  wait: Wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      await wait(pause);
    }
  }
  return attempt();
}
