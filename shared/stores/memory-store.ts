import { SessionUnavailableError } from "../session/session-errors.ts";
import type { EndReason } from "../session/session-log.ts";
import { idsOfProvider } from "./provider-sessions.ts";
import { changedValues, isFulfilled, isOnly } from "./record-change.ts";
import { assertFits, recordBytes } from "./record-size.ts";
import type {
  ChangeResult,
  Found,
  FoundSession,
  RecordChange,
  SessionRecord,
  UserRecord,
  UserSession,
} from "./session-record.ts";
import type { SessionStore, UserSessionChange } from "./session-store.ts";

/**
 * Stores sessions in the memory of this process, for tests and for programs that run in one process. Nothing
 * is deleted; an ended session keeps a few bytes.
 */
export class MemoryStore implements SessionStore {
  readonly #sessions = new Map<string, FoundSession | EndReason>();
  readonly #users = new Map<string, UserRecord>();

  async read(id: string, userKey?: string): Promise<Found> {
    const user = userKey === undefined ? undefined : this.#users.get(userKey);
    return { session: this.#sessions.get(id), user };
  }

  async begin(id: string, record: SessionRecord): Promise<void> {
    const found = this.#sessions.get(id);
    if (found === undefined) this.#write(id, record);
    else if (typeof found === "object" && found.tokenHash !== record.tokenHash)
      throw new SessionUnavailableError("another session has this id; create a new id");
  }

  async change(id: string, change: RecordChange): Promise<ChangeResult> {
    const found = this.#sessions.get(id);
    if (typeof found !== "object" || !isFulfilled(found, change)) return { done: false, found };
    const { values, sum } = changedValues(found.values, change);
    this.#write(id, { ...found, ...change.record, values });
    return { done: true, ...(sum !== undefined && { sum }) };
  }

  async end(id: string, { reason, only }: Parameters<SessionStore["end"]>[1]): Promise<boolean> {
    const found = this.#sessions.get(id);
    if (typeof found !== "object") return false;
    if (only !== undefined && !isOnly(found, only)) return false;
    this.#sessions.set(id, reason);
    return true;
  }

  async readUser(userKey: string): Promise<UserRecord | undefined> {
    return this.#users.get(userKey);
  }

  async addUserSession(userKey: string, change: UserSessionChange): Promise<boolean> {
    const user = this.#users.get(userKey) ?? NO_USER;
    if (user.generation !== change.generation) return false;
    const kept = [...user.sessions].filter(([id]) => !change.remove.includes(id));
    this.#setMembers(userKey, [...kept, [change.id, change.session]]);
    return true;
  }

  async touchUserSession(
    userKey: string,
    id: string,
    { lastSeenAt, expiresAt }: Pick<UserSession, "lastSeenAt" | "expiresAt">,
  ): Promise<boolean> {
    const user = this.#users.get(userKey) ?? NO_USER;
    const session = user.sessions.get(id);
    if (session === undefined) return false;
    if (lastSeenAt < session.lastSeenAt) return true;
    const sessions = new Map(user.sessions).set(id, { ...session, lastSeenAt, expiresAt });
    this.#users.set(userKey, { ...user, sessions });
    return true;
  }

  async removeUserSession(userKey: string, id: string): Promise<boolean> {
    const { sessions } = this.#users.get(userKey) ?? NO_USER;
    if (!sessions.has(id)) return false;
    this.#setMembers(
      userKey,
      [...sessions].filter(([other]) => other !== id),
    );
    return true;
  }

  async removeUserSessions(userKey: string, except?: string): Promise<readonly string[]> {
    const { sessions } = this.#users.get(userKey) ?? NO_USER;
    const removed = [...sessions.keys()].filter((id) => id !== except);
    if (removed.length === 0 || (except !== undefined && !sessions.has(except))) return [];
    this.#setMembers(
      userKey,
      [...sessions].filter(([id]) => id === except),
    );
    return removed;
  }

  async removeProviderSessions(userKey: string, providerSession: string): Promise<readonly string[]> {
    const { sessions } = this.#users.get(userKey) ?? NO_USER;
    const removed = idsOfProvider(sessions, providerSession);
    if (removed.length > 0)
      this.#setMembers(
        userKey,
        [...sessions].filter(([id]) => !removed.includes(id)),
      );
    return removed;
  }

  #write(id: string, record: SessionRecord): void {
    assertFits(record.values);
    const values = new Map(record.values);
    this.#sessions.set(id, { ...record, values, bytes: recordBytes(values) });
  }

  #setMembers(userKey: string, sessions: Iterable<readonly [string, UserSession]>): void {
    const { generation } = this.#users.get(userKey) ?? NO_USER;
    this.#users.set(userKey, { generation: generation + 1, sessions: new Map(sessions) });
  }
}

const NO_USER: UserRecord = { generation: 0, sessions: new Map() };
