import type { SessionOptions } from "../../session/opened-session.ts";
import type { Session } from "../../session/session.ts";
import type { SavedSession } from "../../session/session-outcome.ts";
import { TaggedJSON } from "../../values/tagged-json.ts";
import type { NamedSession } from "./name-sessions.ts";

/** A session of the request, by its name. */
export interface OpenedByName extends NamedSession {
  readonly session: Session;
}

/** The sessions of a request, in the place of one session. It has no data of its own. */
export class JointSession implements SessionOptions {
  readonly opened: readonly OpenedByName[];
  /** The headers of the sessions that were saved although another one was not. */
  saved: SavedSession | undefined;
  readonly json = new TaggedJSON();
  readonly settings = {};

  constructor(opened: readonly OpenedByName[]) {
    this.opened = opened;
  }

  nowSeconds = () => 0;
  open = () => ({ values: {}, isNew: true });

  /** Returns the sessions by name. */
  toRecord(): object {
    return Object.fromEntries(this.opened.map(({ name, session }) => [name, session]));
  }
}
