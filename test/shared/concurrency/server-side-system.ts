import { AsyncLocalStorage } from "node:async_hooks";
import { toSessionId } from "../../../shared/crypto/identifiers.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import { SessionConflictError, SessionLimitError } from "../../../shared/session/session-errors.ts";
import type { SessionLog } from "../../../shared/session/session-log.ts";
import { closeSession, type SavedSession, settleSession } from "../../../shared/session/session-outcome.ts";
import type { SessionStore } from "../../../shared/stores/session-store.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import type { FullSession } from "./all-steps.ts";
import type { LoadSettings } from "./load.ts";
import {
  HandlerFailure,
  type Outcome,
  type Served,
  type SessionSystem,
  type Token,
} from "./session-system.ts";

/** Options of the system. */
export interface ServerSideSystemOptions {
  readonly store: SessionStore;
  readonly settings: LoadSettings;
  /** Returns the time in milliseconds since the epoch. */
  readonly clock: () => number;
}

type Over = { readonly session: string; readonly why: string };

const KEYS = ["a secret key of at least 32 bytes, for parallel requests"];

/** The events and the reasons for refusals that report a session as over. */
const ENDS = new Set(["session_destroyed", "session_revoked", "session_evicted", "session_gone"]);
const OVER = new Set(["expired", "absolute_lifetime", "unknown_session", "destroyed", "revoked", "evicted"]);

/** The server-side sessions of this project, for loads. */
export class ServerSideSystem implements SessionSystem<FullSession> {
  readonly storesAtOnce = true;
  readonly #interface: ServerSideSessionInterface;
  readonly #sessions: SessionDirectory;
  /** The sessions that were logged as over during a request. */
  readonly #over = new AsyncLocalStorage<Over[]>();

  constructor({ store, settings: { renewAfter, ...settings }, clock }: ServerSideSystemOptions) {
    const all = { ...settings, ...(renewAfter !== undefined && { renewAfter }) };
    this.#interface = new ServerSideSessionInterface({
      store,
      keys: KEYS,
      settings: all,
      clock,
      log: this.#log,
    });
    this.#sessions = new SessionDirectory({ users: store, store, clock, log: this.#log });
  }

  serve(cookie: string | undefined, handle: (session: FullSession) => Promise<void>): Promise<Served> {
    const over: Over[] = [];
    return this.#over.run(over, async () => ({ ...(await this.#serve(cookie, handle)), over }));
  }

  async #serve(cookie: string | undefined, handle: (session: FullSession) => Promise<void>) {
    const request = { cookies: cookie === undefined ? [] : [cookie], ...BARE_REQUEST };
    const session = await this.#interface.open(request);
    try {
      await handle(fullSession(session, this.#sessions));
      await settleSession(session);
      return answer("saved", await this.#interface.save(session, request));
    } catch (error) {
      if (error instanceof SessionConflictError) return answer(error.reason, error.saved);
      if (error instanceof SessionLimitError) return answer("limited");
      if (error instanceof HandlerFailure) return answer("failed");
      throw error;
    } finally {
      await closeSession(session);
    }
  }

  readonly #log: SessionLog = (record) => {
    const { event, session, reason } = record;
    if (session === undefined) return;
    const why = event === "session_refused" && OVER.has(record.reason) ? reason : undefined;
    if (why !== undefined || ENDS.has(event)) this.#over.getStore()?.push({ session, why: why ?? event });
  };
}

function answer(outcome: Outcome, { setCookie }: Partial<SavedSession> = {}): Omit<Served, "over"> {
  return { outcome, setCookie, issued: setCookie === undefined ? undefined : tokenIn(setCookie) };
}

/** Returns the token of a cookie, whose value begins with 22 characters of the key and 22 of the token. */
function tokenIn(setCookie: string): Token | undefined {
  const [, key, token] = /^[^=]+=([\w-]{22})([\w-]{22})/.exec(setCookie) ?? [];
  return key === undefined || token === undefined ? undefined : { session: toSessionId(key), token };
}

function fullSession(session: Session, sessions: SessionDirectory): FullSession {
  return {
    id: session.id,
    read: () => structuredClone({ ...session.toJSON(), ...(session.user && { user: session.user.id }) }),
    set: (key, value) => void session.set(key, value),
    delete: (key) => session.delete(key),
    increment: (key) => session.increment(key),
    append: (key, item) => session.update(key, (list: string[] = []) => [...list, item]),
    list: (key) => session.get(key),
    flash: (message) => session.flash(message),
    flashes: () => session.flashes().map(({ message }) => `${message}`),
    signIn: (id) => session.signIn({ id, name: id }),
    signOut: () => session.signOut(),
    renew: () => session.renew(),
    clear: () => session.clear(),
    setPermanent: (permanent) => {
      session.permanent = permanent;
    },
    ids: async () => (await sessions.list(session)).map(({ id }) => id),
    end: (id) => sessions.end(session, id),
    endOthers: () => sessions.endOthers(session),
    endAll: () => sessions.endAll(session),
    endAllOf: (user) => sessions.endAllOf(user),
  };
}
