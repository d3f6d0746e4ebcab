import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import { writeLog } from "../log/write-log.ts";
import { NEVER } from "../options/option-kind.ts";
import { nullSession } from "../session/null-session.ts";
import { Session } from "../session/session.ts";
import type { SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import { openedWith, outcomeOf, type SavedSession } from "../session/session-outcome.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { type ResolvedSource, resolveSource, type SettingsSource } from "../session/settings-source.ts";
import { TaggedJSON } from "../values/tagged-json.ts";
import { explainOutside, mightReplace } from "./cookie-reach.ts";
import { type CookieContext, CookieSession } from "./cookie-session.ts";
import { KeyedSigners } from "./keyed-signers.ts";
import { SealedSerializer } from "./sealed-serializer.ts";
import { cookieValues } from "./session-cookie.ts";
import { URLSafeTimedSerializer } from "./url-safe-timed-serializer.ts";

/** Options of session interfaces. */
export interface SecureCookieOptions {
  /**
   * The secret keys, newest first, or a function that returns them. With `undefined`, sessions read as empty
   * and cannot be changed (Flask without a SECRET_KEY). An empty array is rejected.
   */
  readonly keys: SecretKeys | KeyProvider | undefined;
  /**
   * The settings, or a function that returns them for a request; it should return the same object each time.
   */
  readonly settings?: SettingsSource;
  /** The JSON that encodes values. Default: Flask's types. Register your own types with it. */
  readonly json?: TaggedJSON;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Receives what happens to sessions. Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/**
 * Keeps each session in a signed cookie (Flask, `SecureCookieSessionInterface`): no store, no network call.
 */
export class SecureCookieSessionInterface implements SessionInterface {
  readonly #settings: ResolvedSource;
  readonly #contexts: KeyedSigners<CookieContext>;

  /** @throws OptionError that names the option */
  constructor(options: SecureCookieOptions) {
    const {
      keys,
      settings = {},
      json = new TaggedJSON(),
      clock = () => Date.now(),
      log = writeLog,
    } = options;
    const nowSeconds = () => Math.floor(clock() / 1000);
    this.#settings = resolveSource(settings);
    this.#contexts = new KeyedSigners(keys, (list, resolved) => {
      const serializer = makeSerializer(list, resolved, json);
      return { settings: resolved, serializer, json, nowSeconds, log };
    });
  }

  /** Nothing is inflated or parsed before the session is used; only signatures are verified. */
  async open(request: SessionRequest): Promise<Session> {
    const settings = typeof this.#settings === "function" ? this.#settings(request) : this.#settings;
    const outside = explainOutside(settings.cookie, request);
    if (outside) return nullSession(outside);
    const { name } = settings.cookie;
    const values = cookieValues(request.cookies, name);
    const opened = await this.#contexts.verify(settings, values, ({ serializer, nowSeconds }, value) => {
      // The age of the signature does not matter: the data says which lifetime applies to it.
      const age = { now: nowSeconds(), maxAge: NEVER, clockSkew: settings.clockSkew };
      return { ...serializer.verify(value, age), bytes: name.length + value.length };
    });
    if (!opened) return nullSession();
    return new Session(new CookieSession(opened.signer, request, opened.results));
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const cookie = openedWith(session, CookieSession);
    if (!cookie) return { vary: false };
    const outcome = outcomeOf(session);
    if (mightReplace(outcome, cookie.context, request)) return { vary: true };
    return cookie.save(outcome);
  }
}

function makeSerializer(
  keys: SecretKeys,
  settings: ResolvedSettings,
  json: TaggedJSON,
): URLSafeTimedSerializer {
  const options = { ...settings, keys, json };
  return settings.encrypt
    ? new SealedSerializer({ ...options, name: settings.cookie.name })
    : new URLSafeTimedSerializer(options);
}
