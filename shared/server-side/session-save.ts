import { deleteCookie, setCookie } from "../cookie/session-cookie.ts";
import { hashOf, idOf, randomText } from "../crypto/identifiers.ts";
import { isMetadata, RESERVED } from "../session/reserved-keys.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import type { SavedSession, SessionRequest } from "../session/session-interface.ts";
import type { SessionEvent } from "../session/session-log.ts";
import { cookieLifetime, isTenthOver, lifeOf } from "../stores/session-life.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import { UserSessions } from "../users/user-sessions.ts";
import type { Dictionary } from "../values/plain-object.ts";
import type { ServerSideSession } from "./server-side-session.ts";
import { changesOf } from "./session-changes.ts";
import { confirmationOf, isSignIn, presentToken, type Renewal, renewalOf } from "./session-renewal.ts";
import type { SessionToken } from "./session-token.ts";
import type { StoredSession, Write, Written } from "./stored-session.ts";
import { encodeValues } from "./stored-value.ts";

/** A change of a stored session that is to be saved, and what goes with it. */
interface Plan {
  readonly renewal?: Renewal | undefined;
  /** The present token, where the response carries it signed again. */
  readonly refreshed?: SessionToken | undefined;
}

/** What came of a write, and what it was in the end. */
interface Attempt {
  readonly written: Exclude<Written, { outcome: "refused" }>;
  readonly plan: Plan;
}

/** A write that was not made, since the session is over for this request. */
type Lost = Exclude<Written, { outcome: "done" }> & { readonly outcome: "ended" | "renewed" };

/** One save of a server-side session: what goes to the store, and what the response must carry. */
export class SessionSave {
  readonly #session: ServerSideSession;
  readonly #request: SessionRequest;
  readonly #users: UserSessions;
  /** Looking at the session counts as a use, so it is asked first. */
  readonly #accessed: boolean;
  /** The id of the session that this save has begun. */
  #begun: string | undefined;

  constructor(session: ServerSideSession, request: SessionRequest) {
    this.#accessed = session.accessed;
    this.#session = session;
    this.#request = request;
    this.#users = new UserSessions(session.context);
  }

  /**
   * Saves.
   *
   * @throws what `SessionInterface.save` throws
   */
  async run(): Promise<SavedSession> {
    const saved = await this.#save();
    const [session, { log }] = [this.#begun, this.#session.context];
    if (session !== undefined) log({ level: "INFO", event: "session_began", session });
    return saved;
  }

  async #save(): Promise<SavedSession> {
    const { stored, destroyed, context } = this.#session;
    if (!this.#accessed && !(context.settings.refreshEachRequest && stored !== undefined))
      return { vary: false };
    if (stored === undefined) return this.#saveNew();
    return destroyed ? this.#replace(stored) : this.#saveStored(stored);
  }

  /** A sign-in that is refused must not have ended the session of before. */
  async #replace(stored: StoredSession): Promise<SavedSession> {
    if (!isSignIn(this.#session)) await this.#end(stored);
    const saved = await this.#saveNew();
    if (isSignIn(this.#session)) await this.#end(stored);
    return saved;
  }

  async #saveNew(): Promise<SavedSession> {
    const { replaced, modified, isEmpty } = this.#session;
    if (replaced !== undefined && modified && !isSignIn(this.#session)) throw this.#conflictWith(replaced);
    return isEmpty ? this.#forget() : this.#begin(this.#session.dump());
  }

  /** A cookie that was only not understood stays, unless the handler emptied the session: another instance may hold its key. */
  #forget(): SavedSession {
    const { hasEnded, destroyed, changedKeys } = this.#session;
    const wasEmptied = destroyed || [...changedKeys].some((key) => !isMetadata(key));
    return hasEnded || wasEmptied ? this.#withoutCookie() : { vary: this.#accessed };
  }

  async #saveStored(stored: StoredSession): Promise<SavedSession> {
    const { hasChanges, isEmpty } = this.#session;
    if (hasChanges && isEmpty && (await this.#endEmpty(stored))) return this.#withoutCookie();
    const isDue = this.#isDue(stored);
    const renewal = renewalOf(this.#session, stored, isDue);
    const refreshed = isDue || this.#isUnsettled(stored) ? presentToken(this.#session, stored) : undefined;
    if (!hasChanges && renewal === undefined && refreshed === undefined) return { vary: this.#accessed };
    return this.#change(stored, renewal === undefined ? { refreshed } : { renewal });
  }

  /** Whether the session is saved although nothing changed, so that neither it nor its cookie expires. */
  #isDue(stored: StoredSession): boolean {
    const { permanent, changedKeys, context } = this.#session;
    const { settings, now } = context;
    if (changedKeys.has(RESERVED.permanent) || (permanent && settings.refreshEachRequest)) return true;
    const { record, signedAt, userSession } = stored;
    if (userSession !== undefined && this.#users.isDue(userSession, record.createdAt)) return true;
    return isTenthOver(settings, Math.min(record.seenAt, signedAt), now());
  }

  /** Whether the visitor may not know the present token, or has just shown that they do. */
  #isUnsettled(stored: StoredSession): boolean {
    return !stored.isCurrent || confirmationOf(stored, this.#session.context.now()) !== undefined;
  }

  async #change(stored: StoredSession, plan: Plan): Promise<SavedSession> {
    if (isSignIn(this.#session)) return this.#signIn(stored, plan);
    if (!(await this.#isListed(stored))) return this.#lose(stored, { outcome: "ended" });
    return this.#answer(stored, await this.#write(stored, plan));
  }

  async #signIn(stored: StoredSession, plan: Plan): Promise<SavedSession> {
    changesOf(this.#session, stored);
    const userKey = this.#userKey();
    const wasListed = userKey === stored.token.userKey;
    const result = await this.#listed(userKey, stored.id, () => this.#write(stored, plan), wasListed);
    return this.#answer(stored, result);
  }

  /** Writes what is to be on the user's list. What fails is listed no more; what was listed before stays. */
  async #listed<T>(
    userKey: string | undefined,
    id: string,
    write: () => Promise<T>,
    wasListed = false,
  ): Promise<T> {
    if (userKey === undefined) return write();
    try {
      await this.#list(userKey, id);
      return await write();
    } catch (error) {
      if (!wasListed) await this.#unlist(userKey, id);
      throw error;
    }
  }

  async #write(stored: StoredSession, plan: Plan): Promise<Attempt> {
    let made = plan;
    return tryUntilDone(async () => {
      const written = await stored.write(this.#writeOf(stored, made));
      if (written.outcome !== "refused") return { written, plan: made };
      made = withoutToken(made, stored);
      return undefined;
    });
  }

  /** The user's list is told from time to time that the session was seen. */
  async #isListed({ id, token: { userKey }, userSession, record }: StoredSession): Promise<boolean> {
    if (userKey === undefined || userSession === undefined) return true;
    return this.#users.touch(userKey, id, userSession, record.createdAt);
  }

  async #list(userKey: string, id: string): Promise<void> {
    const capped = (await this.#users.add(userKey, id, this.#request)) ?? [];
    const { store, now } = this.#session.context;
    // Not being listed ended them; this only frees their space, and stops writes that are under way.
    await Promise.allSettled(capped.map((gone) => store.end(gone, { reason: "capped", now: now() })));
  }

  #writeOf(stored: StoredSession, { renewal, refreshed }: Plan): Write {
    const { set, remove, values, createdAt } = changesOf(this.#session, stored);
    const keepsToken = refreshed !== undefined || renewal?.cause === "periodic";
    const condition = {
      ...(keepsToken && { tokenHash: stored.opened.tokenHash }),
      ...(values !== undefined && { values }),
    };
    const previous = refreshed ? confirmationOf(stored, this.#session.context.now()) : undefined;
    const record = {
      ...renewal?.record,
      ...(previous !== undefined && { previous }),
      ...(createdAt !== undefined && { createdAt }),
    };
    return { set, remove, condition, record };
  }

  #answer(stored: StoredSession, { written, plan }: Attempt): SavedSession | Promise<SavedSession> {
    if (written.outcome !== "done") return this.#lose(stored, written);
    const { renewal, refreshed } = plan;
    if (renewal !== undefined) this.#log("session_renewed", stored.id, renewal.cause);
    const token = renewal?.token ?? refreshed;
    if (token === undefined) return { vary: this.#accessed };
    return this.#withCookie(token, stored.record.createdAt);
  }

  /** The session was over before the change arrived. Somebody who signs in gets a session all the same. */
  async #lose(stored: StoredSession, { outcome, found }: Lost): Promise<SavedSession> {
    if (isSignIn(this.#session)) return this.#signInAnew(stored, { outcome, found });
    const { hasChanges, isEmpty } = this.#session;
    if (hasChanges && !(isEmpty && outcome === "ended")) throw stored.conflict(outcome);
    if (outcome === "renewed") return { vary: this.#accessed };
    this.#log("session_gone", stored.id, outcome);
    return this.#withoutCookie();
  }

  /**
   * What an ended session held does not come back; what this request set does. The entry that this request made goes
   * again, unless a parallel sign-in of the same user has made it its own.
   */
  async #signInAnew({ id }: StoredSession, { outcome, found }: Lost): Promise<SavedSession> {
    const userKey = this.#userKey();
    const isTheirs = outcome === "renewed" && typeof found === "object" && found.userKey === userKey;
    if (userKey !== undefined && !isTheirs) await this.#session.context.store.removeUserSession(userKey, id);
    const { changedKeys } = this.#session;
    const entries = Object.entries(this.#session.dump());
    return this.#begin(
      Object.fromEntries(outcome === "renewed" ? entries : entries.filter(([key]) => changedKeys.has(key))),
    );
  }

  async #begin(values: Dictionary): Promise<SavedSession> {
    const { store, now, json, settings } = this.#session.context;
    const token = { key: randomText(), token: randomText(), userKey: this.#userKey() };
    const id = idOf(token.key);
    const createdAt = Number(values[RESERVED.created] ?? now());
    const keys = Object.keys(values).filter((key) => key !== RESERVED.created);
    const record = {
      tokenHash: hashOf(token.token),
      userKey: token.userKey,
      renewedAt: now(),
      epoch: 0,
      createdAt,
      ...lifeOf(settings, createdAt, now()),
      values: encodeValues(values, keys, json),
    };
    await this.#listed(token.userKey, id, () => store.begin(id, record));
    this.#begun = id;
    return this.#withCookie(token, createdAt, values[RESERVED.permanent] ?? settings.permanent);
  }

  /** As well as it can: what remains listed has no session, and goes when it would have expired. */
  async #unlist(userKey: string, id: string): Promise<void> {
    await this.#session.context.store.removeUserSession(userKey, id).catch(() => {});
  }

  /**
   * The record comes first: a sign-in that is under way then finds that it is over, and takes its own entry back. What
   * remains listed when the second step fails goes when the cookie is shown again.
   */
  async #end({ id, token }: StoredSession): Promise<void> {
    const { store, now } = this.#session.context;
    const { ended, userKey } =
      token.userKey === undefined
        ? await this.#endAnonymous(id)
        : { ended: await store.end(id, { reason: "destroyed", now: now() }), userKey: token.userKey };
    if (ended) this.#log("session_destroyed", id);
    if (userKey !== undefined) await store.removeUserSession(userKey, id);
  }

  /** A parallel request may have signed somebody in, who is listed then; the epoch tells whether it was before the end. */
  #endAnonymous(id: string): Promise<{ readonly ended: boolean; readonly userKey?: string | undefined }> {
    const { store, now } = this.#session.context;
    return tryUntilDone(async () => {
      const { session: found } = await store.read(id);
      if (typeof found !== "object") return { ended: false };
      const only = { keys: new Set(found.values.keys()), epoch: found.epoch };
      const ended = await store.end(id, { reason: "destroyed", now: now(), only });
      return ended ? { ended, userKey: found.userKey } : undefined;
    });
  }

  /** A session that became empty ends, unless a parallel request has stored something else in it. */
  async #endEmpty({ id, record }: StoredSession): Promise<boolean> {
    const { store, now } = this.#session.context;
    const keys = new Set([...record.values.keys(), ...this.#session.changedKeys]);
    const values = new Map([[RESERVED.flashes, record.values.get(RESERVED.flashes)]]);
    const only = { keys, epoch: record.epoch, values };
    const ended = await store.end(id, { reason: "destroyed", now: now(), only });
    if (ended) this.#log("session_destroyed", id);
    return ended;
  }

  #withCookie(
    token: SessionToken,
    createdAt: number,
    permanent: unknown = this.#session.permanent,
  ): SavedSession {
    const { settings, signer, now: clock } = this.#session.context;
    const [now, value] = [clock(), signer.sign(token, clock())];
    if (!permanent) return { setCookie: setCookie(settings.cookie, value), vary: true };
    const maxAge = Math.min(cookieLifetime(settings), createdAt + settings.absoluteLifetime - now);
    return { setCookie: setCookie(settings.cookie, value, { maxAge, now }), vary: true };
  }

  #withoutCookie(): SavedSession {
    return { setCookie: deleteCookie(this.#session.context.settings.cookie), vary: true };
  }

  #userKey(): string | undefined {
    return this.#session.user && hashOf(this.#session.user.id);
  }

  /** The cookie is left alone: by now the browser may have the new one. */
  #conflictWith(session: string): SessionConflictError {
    this.#session.context.log({ level: "WARN", event: "session_conflict", session, reason: "renewed" });
    return new SessionConflictError("renewed", { vary: true });
  }

  #log(event: SessionEvent["event"], session: string, reason?: SessionEvent["reason"]): void {
    this.#session.context.log({ level: "INFO", event, session, ...(reason && { reason }) });
  }
}

/** A parallel request has replaced the token, so this response must not bring the old one back. */
function withoutToken(plan: Plan, { record, opened }: StoredSession): Plan {
  if (record.tokenHash === opened.tokenHash) return plan;
  return plan.renewal?.cause === "periodic" ? {} : { renewal: plan.renewal };
}
