import { cookieValues } from "../cookie/session-cookie.ts";
import { idOf } from "../crypto/identifiers.ts";
import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import { writeLog } from "../log/write-log.ts";
import { andThen, KeyedSigners } from "../session/keyed-signers.ts";
import { NullSession } from "../session/null-session.ts";
import type { OpenedSession } from "../session/opened-session.ts";
import { RESERVED } from "../session/reserved-keys.ts";
import type { Session } from "../session/session.ts";
import type { SavedSession, SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";
import { type SettingsSource, settingsFor } from "../session/settings-source.ts";
import { lastSecondOf } from "../stores/session-life.ts";
import type { Found, SessionStore } from "../stores/session-store.ts";
import type { Dictionary } from "../values/plain-object.ts";
import { TaggedJSON } from "../values/tagged-json.ts";
import { type ServerSideContext, ServerSideSession } from "./server-side-session.ts";
import { SessionSave } from "./session-save.ts";
import { SessionTokenSigner, type UnsignedToken } from "./session-token.ts";
import { isOver, verdictOn } from "./session-verdict.ts";
import { StoredSession } from "./stored-session.ts";
import { decodeValues } from "./stored-value.ts";

/** What the interface is made of. */
export interface ServerSideOptions {
  /** The table of the sessions. */
  readonly store: SessionStore;
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

/** A cookie that opened nothing. */
interface Refused {
  readonly reason: RefusalReason;
  /** The id of the session that it names truly. */
  readonly id?: string;
  readonly wasReplaced?: boolean | undefined;
}

/** What is a session, or why there is none. */
type Opened = ServerSideSession | Refused;

/** How many cookies of one request may cost a look at the store each. Browsers send one. */
const MOST_READS = 4;

/**
 * Keeps sessions in a store; the cookie holds a signed token that opens one. A visitor without a cookie, or with a
 * forged one, costs no look at the store.
 *
 * What two parallel requests change is both kept, unless they `set` the same key: then the last one counts. A session
 * that was destroyed, revoked or has expired never comes back: docs/dynamodb.md has all promises and their limits.
 */
export class ServerSideSessionInterface implements SessionInterface {
  readonly #store: SessionStore;
  readonly #signers: KeyedSigners<SessionTokenSigner>;
  readonly #settings: (request: SessionRequest) => ResolvedSettings;
  readonly #json: TaggedJSON;
  readonly #now: () => number;
  readonly #log: SessionLog;

  /** @throws OptionError that names the option */
  constructor(options: ServerSideOptions) {
    const { store, keys, settings = {}, json, clock = () => Date.now(), log = writeLog } = options;
    this.#store = store;
    this.#signers = new KeyedSigners(keys, (list, { salt, digest, keyDerivation }) => {
      return new SessionTokenSigner({ keys: list, salt, digest, keyDerivation });
    });
    this.#settings = settingsFor(settings);
    this.#json = json ?? new TaggedJSON();
    this.#now = () => Math.floor(clock() / 1000);
    this.#log = log;
  }

  open(request: SessionRequest): Session | Promise<Session> {
    return andThen(this.#signers.keys(), (keys) => this.#open(request, keys));
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    if (session instanceof NullSession) return { vary: false };
    if (!(session instanceof ServerSideSession))
      throw new TypeError("this session was opened by another session interface, so it cannot be saved here");
    return new SessionSave(session, request).run();
  }

  #open(request: SessionRequest, keys: SecretKeys, isLastLook = false): Session | Promise<Session> {
    const settings = this.#settings(request);
    const signer = this.#signers.signerOf(keys, settings);
    if (signer === undefined) return new NullSession();
    const [store, json, now, log] = [this.#store, this.#json, this.#now, this.#log];
    const context = { store, json, now, log, settings, signer };
    const cookies = cookieValues(request.cookies, settings.cookie.name);
    if (cookies.length === 0) return newSession(context);
    const tokens = this.#unsign(cookies, context);
    const latest = isLastLook ? keys : this.#signers.lookAgain(keys, tokens);
    if (latest !== keys) return andThen(latest, (list) => this.#open(request, list, true));
    return this.#find(tokens, context);
  }

  /** How old the signature is does not matter: the record knows when the session was last used. */
  #unsign(cookies: readonly string[], { signer, settings, now }: ServerSideContext): UnsignedToken[] {
    const age = { now: now(), maxAge: Number.POSITIVE_INFINITY, clockSkew: settings.clockSkew };
    return cookies.map((cookie) => signer.unsign(cookie, age));
  }

  /** The first cookie that counts: a second one of the same name may be older, or somebody else's plant. */
  async #find(tokens: readonly UnsignedToken[], context: ServerSideContext): Promise<Session> {
    const refused: Refused[] = [];
    for (const token of tokens) {
      if (refused.filter(({ id }) => id !== undefined).length === MOST_READS) break;
      const opened = await this.#read(token, context);
      if (opened instanceof ServerSideSession) return opened;
      refused.push(opened);
    }
    return this.#refuse(refused, tokens.length, context);
  }

  async #read(unsigned: UnsignedToken, context: ServerSideContext): Promise<Opened> {
    if (unsigned.refusal !== undefined) return { reason: unsigned.refusal };
    const { token, signedAt } = unsigned;
    const { settings } = context;
    const now = this.#now();
    const id = idOf(token.key);
    const found = await this.#store.read(id, token.userKey);
    if (isGhost(id, found)) await this.#store.removeUserSession(`${token.userKey}`, id);
    const verdict = verdictOn(token, id, found, { now, settings });
    if (verdict.refusal !== undefined)
      return { reason: verdict.refusal, id, wasReplaced: verdict.wasReplaced };
    const stored = new StoredSession(context, { ...verdict, id, token, signedAt });
    return openedSession(context, stored) ?? { reason: "unreadable_payload", id };
  }

  #refuse(refused: readonly Refused[], count: number, context: ServerSideContext): Session {
    const [{ reason, id } = { reason: "malformed" as const }] = refused;
    const { name: cookie } = context.settings.cookie;
    this.#log({ level: "WARN", event: "session_refused", reason, cookie, ...(id && { session: id }) });
    const replaced = refused.find(({ wasReplaced }) => wasReplaced);
    const hasEnded = refused.length === count && refused.every((one) => isOver(one.reason));
    return newSession(context, { hasEnded, refusal: reason }, replaced?.id);
  }
}

/** Whether a session that was ended is still listed, since the step after its end has failed. */
function isGhost(id: string, { session, user }: Found): boolean {
  return typeof session === "string" && session !== "unreadable" && user?.sessions.has(id) === true;
}

function newSession(
  context: ServerSideContext,
  shown: Pick<OpenedSession, "hasEnded" | "refusal"> = {},
  replaced?: string,
): ServerSideSession {
  return sessionOf(context, { values: {}, isNew: true, ...shown }, undefined, replaced);
}

function openedSession(context: ServerSideContext, stored: StoredSession): ServerSideSession | undefined {
  const { id, record } = stored;
  const values = readable(record.values, context.json);
  if (values === undefined) return undefined;
  values[RESERVED.created] = record.createdAt;
  const expiresAt = lastSecondOf(record, context.settings);
  const { seenAt: savedAt, bytes } = record;
  return sessionOf(context, { values, isNew: false, id, savedAt, expiresAt, bytes }, stored);
}

function readable(values: StoredSession["record"]["values"], json: TaggedJSON): Dictionary | undefined {
  try {
    return decodeValues(values, json);
  } catch {
    return undefined;
  }
}

function sessionOf(
  context: ServerSideContext,
  opened: OpenedSession,
  stored?: StoredSession,
  replaced?: string,
): ServerSideSession {
  const { json, now, settings } = context;
  const options = { open: () => opened, json, now, permanent: settings.permanent };
  return new ServerSideSession(options, context, stored, replaced);
}
