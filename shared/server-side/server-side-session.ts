import type { VerifiedCookie } from "../cookie/keyed-signers.ts";
import type { LiveWrites, OpenedSession, SessionOptions } from "../session/opened-session.ts";
import { ownLifetime } from "../session/reserved-keys.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { SessionChanges, SessionOutcome } from "../session/session-outcome.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import type { SessionStore } from "../stores/session-store.ts";
import type { UserSessionList } from "../users/user-session-list.ts";
import type { TaggedJSON } from "../values/tagged-json.ts";
import type { SessionTokenSigner } from "./session-token.ts";
import type { StoredSession } from "./stored-session.ts";

/** The context of all sessions with the same array of keys and the same settings. */
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

/** The session that a request found in the store, or a new one. */
export interface SessionLookup {
  readonly opened: OpenedSession;
  /** The session in the store; `undefined` if it begins with this request. */
  readonly stored?: StoredSession | undefined;
  /**
   * The id of the session whose token the request brought just after a change of privilege had replaced it.
   */
  readonly replaced?: string | undefined;
}

/**
 * The session of one request whose data is in a store. `update` and `increment` write to the store at once.
 */
export class ServerSideSession implements SessionOptions {
  readonly context: ServerSideContext;
  readonly found: SessionLookup;
  /** The cookies of the request. */
  readonly cookies: readonly VerifiedCookie[];
  readonly json: TaggedJSON;
  readonly nowSeconds: () => number;
  readonly settings: ResolvedSettings;
  readonly live: LiveWrites | undefined;

  constructor(context: ServerSideContext, found: SessionLookup, cookies: readonly VerifiedCookie[]) {
    this.context = context;
    this.found = found;
    this.cookies = cookies;
    this.json = context.json;
    this.nowSeconds = context.nowSeconds;
    this.settings = context.settings;
    this.live = found.stored;
  }

  open(): OpenedSession {
    return this.found.opened;
  }
}

/** One save of a session. */
export interface SessionSave extends SessionLookup {
  readonly context: ServerSideContext;
  readonly request: SessionRequest;
  readonly status: SessionOutcome["status"];
  readonly changes: SessionChanges;
  /** True if the response depends on the cookie. */
  readonly vary: boolean;
  /** The id of the session that this save has begun. */
  begun?: string;
}

/** Returns the users' lists for a session with the lifetime that it has after this save. */
export function usersOf({ context, changes }: SessionSave): UserSessionList {
  return context.users.withLifetime(ownLifetime(changes.values));
}
