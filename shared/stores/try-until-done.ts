import { SessionUnavailableError } from "../session/session-errors.ts";

/** Maximum duration of all tries, in milliseconds. */
const LONGEST = 5000;

/** Maximum pause between two tries, in milliseconds. */
const LONGEST_WAIT = 100;

/**
 * Calls `attempt` until it returns a result. The pauses between the tries are random and grow, so that
 * parallel requests do not collide again.
 *
 * @param attempt returns `undefined` if another request was faster
 * @throws SessionUnavailableError if all tries of five seconds failed
 */
export async function tryUntilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const start = performance.now();
  for (let wait = 2; performance.now() - start < LONGEST; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
  }
  throw new SessionUnavailableError(
    "too many parallel requests change the same part of the session; try again",
  );
}
