import { TaggedJSON } from "../values/tagged-json.ts";
import { Session } from "./session.ts";

const NO_KEY =
  "the session cannot be changed without a secret key: " +
  "set SESSION_SECRET_KEYS or SESSION_SECRET_ARN, or pass keys";

/**
 * Returns a session that reads as empty, so that handlers which only read still work (Flask, `NullSession`).
 *
 * @param locked message of the error that every change throws; by default, there is no secret key
 */
export function nullSession(locked: string = NO_KEY): Session {
  return new Session({
    open: () => ({ values: {}, isNew: true }),
    json: new TaggedJSON(),
    nowSeconds: () => 0,
    settings: {},
    locked,
  });
}
