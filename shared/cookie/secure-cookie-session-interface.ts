import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import { writeLog } from "../log/write-log.ts";
import { andThen, KeyedSigners } from "../session/keyed-signers.ts";
import { NullSession } from "../session/null-session.ts";
import type { OpenedSession } from "../session/opened-session.ts";
import { isMetadata, RESERVED } from "../session/reserved-keys.ts";
import type { Session } from "../session/session.ts";
import type { SavedSession, SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { type SettingsSource, settingsFor } from "../session/settings-source.ts";
import type { Dictionary } from "../values/plain-object.ts";
import { TaggedJSON } from "../values/tagged-json.ts";
import { SealedSerializer } from "./sealed-serializer.ts";
import { SecureCookieSession, type SessionSerializer } from "./secure-cookie-session.ts";
import { assertFits, cookieValues, deleteCookie, setCookie } from "./session-cookie.ts";
import { URLSafeTimedSerializer, type Verified } from "./url-safe-timed-serializer.ts";

/** What the interface is made of. */
export interface SecureCookieOptions {
  /** The secret keys, newest first, or what gives them. None at all gives a session that cannot be changed. */
  readonly keys: SecretKeys | KeyProvider;
  /** How sessions live, or what tells it for a request; it should give the same object for the same answer. */
  readonly settings?: SettingsSource;
  /** The JSON that stores values. Default: Flask's types; register own ones with it. */
  readonly json?: TaggedJSON;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Default: one line of JSON for each record. */
  readonly log?: SessionLog;
}

/** Keeps the session in a signed cookie (Flask, `SecureCookieSessionInterface`): no store, no further call. */
export class SecureCookieSessionInterface implements SessionInterface {
  readonly #signers: KeyedSigners<SessionSerializer>;
  readonly #settings: (request: SessionRequest) => ResolvedSettings;
  readonly #json: TaggedJSON;
  readonly #now: () => number;
  readonly #log: SessionLog;

  /** @throws OptionError that names the option */
  constructor({ keys, settings = {}, json, clock = () => Date.now(), log = writeLog }: SecureCookieOptions) {
    this.#settings = settingsFor(settings);
    this.#json = json ?? new TaggedJSON();
    this.#signers = new KeyedSigners(keys, (list, resolved) => this.#makeSerializer(list, resolved));
    this.#now = () => Math.floor(clock() / 1000);
    this.#log = log;
  }

  open(request: SessionRequest): Session | Promise<Session> {
    return andThen(this.#signers.keys(), (keys) => this.#open(request, keys));
  }

  save(session: Session, request: SessionRequest): SavedSession {
    const saved = this.prepare(session, request);
    if (session instanceof SecureCookieSession && begins(session, saved))
      this.#log({ level: "INFO", event: "session_began" });
    return saved;
  }

  /** What `save` gives, for those who save more than the cookie and tell themselves that the session began. */
  prepare(session: Session, request: SessionRequest): SavedSession {
    if (session instanceof NullSession) return NOT_SAVED;
    if (!(session instanceof SecureCookieSession))
      throw new TypeError("this session was opened by another session interface, so it cannot be saved here");
    const { settings } = session;
    const { accessed } = session;
    if (!accessed && !(settings.refreshEachRequest && request.cookies.length > 0)) return NOT_SAVED;
    if (session.isEmpty) return this.#saveEmpty(session, accessed);
    if (session.modified || this.#isRefreshDue(session)) return this.#send(session);
    return { vary: accessed };
  }

  #makeSerializer(keys: SecretKeys, settings: ResolvedSettings): SessionSerializer {
    const options = { ...settings, keys, json: this.#json };
    return settings.encrypt
      ? new SealedSerializer({ ...options, name: settings.cookie.name })
      : new URLSafeTimedSerializer(options);
  }

  #open(request: SessionRequest, keys: SecretKeys, isLastLook = false): Session | Promise<Session> {
    const settings = this.#settings(request);
    const serializer = this.#signers.signerOf(keys, settings);
    if (serializer === undefined) return new NullSession();
    const values = cookieValues(request.cookies, settings.cookie.name);
    const cookies = values.length === 0 ? [] : this.#verify(values, settings, serializer);
    const latest = isLastLook ? keys : this.#signers.lookAgain(keys, cookies);
    if (latest !== keys) return andThen(latest, (list) => this.#open(request, list, true));
    const open = (): OpenedSession => this.#find(cookies, settings);
    const options = { open, json: this.#json, now: this.#now, permanent: settings.permanent };
    return new SecureCookieSession(options, settings, serializer);
  }

  /** Whose signature counts. Nothing is inflated or parsed before the session is used. */
  #verify(
    values: readonly string[],
    settings: ResolvedSettings,
    serializer: SessionSerializer,
  ): readonly Shown[] {
    const { name } = settings.cookie;
    const age = { now: this.#now(), maxAge: settings.lifetime, clockSkew: settings.clockSkew };
    return values.map((value) => {
      const verified = serializer.verify(value, age);
      return { refusal: verified.refusal, verified, bytes: name.length + value.length };
    });
  }

  /** The first cookie that counts: a second one of the same name may be older, or somebody else's plant. */
  #find(cookies: readonly Shown[], settings: ResolvedSettings): OpenedSession {
    const reasons: RefusalReason[] = [];
    for (const cookie of cookies) {
      const found = this.#read(cookie, settings);
      if (typeof found === "object") return found;
      reasons.push(found);
    }
    const [reason] = reasons;
    if (reason === undefined) return { values: {}, isNew: true };
    this.#log({ level: "WARN", event: "session_refused", reason, cookie: settings.cookie.name });
    return { values: {}, isNew: true, hasEnded: reasons.every(isEnd), refusal: reason };
  }

  #read({ verified, bytes }: Shown, settings: ResolvedSettings): OpenedSession | RefusalReason {
    if (verified.refusal !== undefined) return verified.refusal;
    const { signedAt } = verified;
    const values = verified.read();
    if (values === undefined) return "unreadable_payload";
    const began = beganAt(values, signedAt);
    const lastsUntil = began + settings.absoluteLifetime;
    if (lastsUntil < this.#now()) return "absolute_lifetime";
    const expiresAt = Math.min(signedAt + settings.lifetime, lastsUntil);
    values[RESERVED.created] = began;
    const id = nameIn(values);
    return { values, isNew: false, id, savedAt: signedAt, expiresAt, bytes };
  }

  #saveEmpty(session: SecureCookieSession, accessed: boolean): SavedSession {
    if (!session.hasEnded && !wasEmptied(session)) return { vary: accessed };
    return { setCookie: deleteCookie(session.settings.cookie), vary: true };
  }

  #isRefreshDue({ permanent, savedAt, settings }: SecureCookieSession): boolean {
    if (!permanent || savedAt === undefined) return false;
    return settings.refreshEachRequest || this.#now() - savedAt >= settings.lifetime / 10;
  }

  #send(session: SecureCookieSession): SavedSession {
    const { settings, serializer } = session;
    const now = this.#now();
    const values = session.dump();
    const value = serializer.dumps(values, now);
    assertFits(settings.cookie.name.length + value.length, values, this.#json);
    if (!session.permanent) return { setCookie: setCookie(settings.cookie, value), vary: true };
    const began = values[RESERVED.created] as number;
    const maxAge = Math.min(settings.lifetime, began + settings.absoluteLifetime - now);
    return { setCookie: setCookie(settings.cookie, value, { maxAge, now }), vary: true };
  }
}

/** A cookie as it came. */
interface Shown {
  readonly refusal: Verified["refusal"];
  readonly verified: Verified;
  /** What its name and value take. */
  readonly bytes: number;
}

const NOT_SAVED: SavedSession = { vary: false };

/** Whether the visitor gets a session that was not there before. */
function begins(session: Session, { setCookie }: SavedSession): boolean {
  return setCookie !== undefined && session.isNew && !session.isEmpty;
}

/** When the session began. What says nothing, or nothing possible, is as old as its signature. */
function beganAt(values: Dictionary, signedAt: number): number {
  const created = values[RESERVED.created];
  return typeof created === "number" && created >= 0 && created <= signedAt ? Math.floor(created) : signedAt;
}

/** Its name among its user's sessions, where those can be revoked. */
function nameIn(values: Dictionary): string | undefined {
  const id = values[RESERVED.id];
  return typeof id === "string" ? id : undefined;
}

/** A cookie that was only not understood stays: another instance may hold its key. */
function wasEmptied(session: Session): boolean {
  if (!session.modified) return false;
  return session.destroyed || !session.isNew || [...session.changedKeys].some((key) => !isMetadata(key));
}

function isEnd(reason: RefusalReason): boolean {
  return reason === "expired" || reason === "absolute_lifetime";
}
