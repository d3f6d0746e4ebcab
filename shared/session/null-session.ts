import { TaggedJSON } from "../values/tagged-json.ts";
import type { TrackedDictionary } from "../values/tracked-dictionary.ts";
import { Session } from "./session.ts";

/**
 * The session where there is no secret key: it reads as empty, and every change throws (Flask, `NullSession`).
 * So what only looks for a session still works.
 */
export class NullSession extends Session {
  constructor() {
    super({
      open: () => ({ values: {}, isNew: true }),
      json: new TaggedJSON(),
      now: () => 0,
      permanent: false,
    });
  }

  protected override writing(): TrackedDictionary {
    throw new Error(
      "the session cannot be changed, because there is no secret key: give the session interface a list of keys " +
        "(in this template: set SESSION_SECRET_KEYS to a JSON list, or SESSION_SECRET_ARN to a secret)",
    );
  }
}
