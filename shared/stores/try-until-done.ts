import { SessionUnavailableError } from "../session/session-errors.ts";

/** How long what competes with parallel requests is tried again, in milliseconds. */
const LONGEST = 5000;

/** The longest wait between two tries, in milliseconds. */
const LONGEST_WAIT = 100;

/**
 * Tries until something comes of it; between the tries it waits at random, a little longer each time, so that
 * parallel requests get out of each other's way.
 *
 * @param attempt gives `undefined` when another request was quicker
 * @throws SessionUnavailableError when five seconds of tries were in vain
 */
export async function tryUntilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const start = performance.now();
  for (let wait = 2; performance.now() - start < LONGEST; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
  }
  throw new SessionUnavailableError("too many parallel requests change the same part of the session");
}
