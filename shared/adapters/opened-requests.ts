import { assertFunctions } from "../options/assert-functions.ts";

const opened = new WeakMap<object, WeakMap<object, unknown>>();

/**
 * Returns the records that adapters keep of the requests that a `withSession` has opened, by the framework's
 * object of the request. A second middleware for a request finds the session here: if it opened another one,
 * each would save its own copy, and the changes of one would be lost.
 *
 * @throws OptionError if `withSession` is no function; adapters call this when they are created
 */
export function openedRequests<T>(withSession: object): WeakMap<object, T> {
  assertFunctions({ withSession });
  const known = opened.get(withSession) ?? new WeakMap<object, unknown>();
  opened.set(withSession, known);
  return known as WeakMap<object, T>;
}
