import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import { writeLog } from "../log/write-log.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { type SettingsSource, settingsFor } from "../session/settings-source.ts";
import { TaggedJSON } from "../values/tagged-json.ts";
import type { CookieContext } from "./cookie-reading.ts";
import { CookieSession } from "./cookie-session.ts";
import { KeyedSigners } from "./keyed-signers.ts";
import { SealedSerializer } from "./sealed-serializer.ts";
import { cookieValues } from "./session-cookie.ts";
import { URLSafeTimedSerializer } from "./url-safe-timed-serializer.ts";

/** Options of session interfaces. */
export interface SecureCookieOptions {
  /** The secret keys, newest first, or a function that returns them. Without a key, sessions cannot be changed. */
  readonly keys: SecretKeys | KeyProvider;
  /** The settings, or a function that returns them for a request; it should return the same object each time. */
  readonly settings?: SettingsSource;
  /** The JSON that encodes values. Default: Flask's types. Register your own types with it. */
  readonly json?: TaggedJSON;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Receives what happens to sessions. Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/** Verifies the session cookies of requests. */
export class CookieOpener {
  readonly #settings: (request: SessionRequest) => ResolvedSettings;
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
    this.#settings = settingsFor(settings);
    this.#contexts = new KeyedSigners(keys, (list, resolved) => {
      const serializer = makeSerializer(list, resolved, json);
      return { settings: resolved, serializer, json, nowSeconds, log };
    });
  }

  /**
   * Verifies the cookies of a request. Nothing is inflated or parsed before the session is used.
   *
   * @returns `undefined` when there is no key
   * @throws SessionUnavailableError when the keys cannot be read
   */
  async open(request: SessionRequest): Promise<CookieSession | undefined> {
    const settings = this.#settings(request);
    const { name } = settings.cookie;
    const values = cookieValues(request.cookies, name);
    const verified = await this.#contexts.verify(settings, values, ({ serializer, nowSeconds }, value) => {
      const age = { now: nowSeconds(), maxAge: settings.lifetime, clockSkew: settings.clockSkew };
      const result = serializer.verify(value, age);
      return { refusal: result.refusal, verified: result, bytes: name.length + value.length };
    });
    return verified && new CookieSession(verified.signer, verified.results);
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
