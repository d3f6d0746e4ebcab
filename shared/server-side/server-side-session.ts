import type { OpenedSession, SessionOptions } from "../session/opened-session.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { SessionChanges, SessionOutcome } from "../session/session-outcome.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { SessionStore } from "../stores/session-store.ts";
import type { UserSessionList } from "../users/user-session-list.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { SessionTokenSigner } from "./session-token.ts";
import type { StoredSession } from "./stored-session.ts";

/** What all sessions of one interface share under one array of keys and one object of settings. */
export interface ServerSideContext {
  readonly store: SessionStore;
  readonly settings: ResolvedSettings;
  readonly signer: SessionTokenSigner;
  readonly users: UserSessionList;
  readonly json: TaggedJSON;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: SessionLog;
}

/** The session of one request whose data is in a store. */
export interface ServerSideSession {
  readonly context: ServerSideContext;
  readonly opened: OpenedSession;
  /** The session in the store; `undefined` if it begins with this request. */
  readonly stored?: StoredSession | undefined;
  /** The id of the session whose token the request brought just after a change of privilege had replaced it. */
  readonly replaced?: string | undefined;
}

/** One save of a session. */
export interface SessionSave extends ServerSideSession {
  readonly request: SessionRequest;
  readonly status: SessionOutcome["status"];
  readonly changes: SessionChanges;
  /** Whether the response depends on the cookie. */
  readonly vary: boolean;
  /** The id of the session that this save has begun. */
  begun?: string;
}

/** Returns the options of the `Session` that handlers get. `update` and `increment` write to the store at once. */
export function optionsOf({ context, opened, stored }: ServerSideSession): SessionOptions {
  const { json, nowSeconds, settings } = context;
  return { open: () => opened, json, nowSeconds, permanent: settings.permanent, live: stored };
}
