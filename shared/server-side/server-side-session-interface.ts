import { explainOutside, mightReplace } from "../cookie/cookie-reach.ts";
import { withDeletions } from "../cookie/cookie-variants.ts";
import { KeyedSigners } from "../cookie/keyed-signers.ts";
import type { SecureCookieOptions } from "../cookie/secure-cookie-session-interface.ts";
import { cookieValues } from "../cookie/session-cookie.ts";
import { writeLog } from "../log/write-log.ts";
import { assertFunctions } from "../options/assert-functions.ts";
import { nullSession } from "../session/null-session.ts";
import { Session } from "../session/session.ts";
import type { SessionInterface, SessionRequest } from "../session/session-interface.ts";
import { openedWith, outcomeOf, type SavedSession, unchanged } from "../session/session-outcome.ts";
import { type ResolvedSource, resolveSource } from "../session/settings-source.ts";
import type { SessionStore } from "../stores/session-store.ts";
import { UserSessionList } from "../users/user-session-list.ts";
import { TaggedJSON } from "../values/tagged-json.ts";
import { type ServerSideContext, ServerSideSession, type SessionSave } from "./server-side-session.ts";
import { findSession } from "./session-finding.ts";
import { saveNew, saveStored } from "./session-saving.ts";
import { SessionTokenSigner } from "./session-token.ts";

/** Options of a session interface, and where its sessions are stored. */
export interface ServerSideOptions extends SecureCookieOptions {
  /** Stores the sessions, and the list of each user's sessions. */
  readonly store: SessionStore;
}

/**
 * Keeps sessions in a store; the cookie holds a signed token that opens one. A visitor without a cookie, or
 * with a forged one, costs no read of the store.
 *
 * The changes of parallel requests are all kept, unless they `set` the same key: then the last one wins. A
 * session that was destroyed, revoked or has expired cannot be restored. docs/dynamodb.md lists all promises
 * and their limits.
 */
export class ServerSideSessionInterface implements SessionInterface {
  readonly #settings: ResolvedSource;
  readonly #shared: KeyedSigners<ServerSideContext>;

  /** @throws OptionError that names the option */
  constructor(options: ServerSideOptions) {
    const {
      store,
      keys,
      settings: source = {},
      json = new TaggedJSON(),
      clock = () => Date.now(),
      log = writeLog,
    } = options;
    assertFunctions({ store: store?.read }, "a session store");
    const nowSeconds = () => Math.floor(clock() / 1000);
    this.#settings = resolveSource(source);
    this.#shared = new KeyedSigners(keys, (list, settings) => {
      const { salt, digest, keyDerivation } = settings;
      const signer = new SessionTokenSigner({ keys: list, salt, digest, keyDerivation });
      const users = new UserSessionList({ store, settings, nowSeconds, log });
      return { store, settings, signer, users, json, nowSeconds, log };
    });
  }

  async open(request: SessionRequest): Promise<Session> {
    const settings = typeof this.#settings === "function" ? this.#settings(request) : this.#settings;
    const outside = explainOutside(settings.cookie, request);
    if (outside) return nullSession(outside);
    const cookies = cookieValues(request.cookies, settings.cookie.name);
    const verified = await this.#shared.verify(settings, cookies, ({ signer, nowSeconds }, cookie) => {
      // The age of the signature does not matter: the record knows when the session was last used.
      const age = { now: nowSeconds(), maxAge: Number.POSITIVE_INFINITY, clockSkew: settings.clockSkew };
      return signer.unsign(cookie, age);
    });
    if (!verified) return nullSession();
    const found = await findSession(verified.results, verified.signer);
    return new Session(new ServerSideSession(verified.signer, found, verified.results));
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const opened = openedWith(session, ServerSideSession);
    if (!opened) return { vary: false };
    const outcome = outcomeOf(session);
    const { context, found } = opened;
    if (mightReplace(outcome, context, request)) return { vary: true };
    const changes = "changedKeys" in outcome ? outcome : unchanged(found.opened.values, context.settings);
    const save: SessionSave = {
      ...found,
      context,
      request,
      status: outcome.status,
      changes,
      vary: outcome.status !== "unused",
    };
    const saved = await (save.stored === undefined ? saveNew(save) : saveStored(save, save.stored));
    if (save.begun !== undefined) context.log({ level: "INFO", event: "session_began", session: save.begun });
    return withDeletions(saved, opened.cookies, context.settings.cookie, request);
  }
}
