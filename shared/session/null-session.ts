import { TaggedJSON } from "../values/tagged-json.ts";
import { Session } from "./session.ts";

/**
 * Returns the session of an application without a secret key: it reads as empty, and every change throws
 * (Flask, `NullSession`), so that handlers which only read still work.
 */
export function nullSession(): Session {
  return new Session({
    open: () => ({ values: {}, isNew: true }),
    json: new TaggedJSON(),
    nowSeconds: () => 0,
    permanent: false,
    locked:
      "the session cannot be changed, because there is no secret key: give the session interface an array of keys " +
      "(in this template: set SESSION_SECRET_KEYS to a JSON array, or SESSION_SECRET_ARN to a secret)",
  });
}
