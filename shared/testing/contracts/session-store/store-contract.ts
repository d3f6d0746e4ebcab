import type {
  ChangeResult,
  FoundSession,
  SessionRecord,
  StoredValue,
  UserSession,
} from "../../../stores/session-record.ts";
import type { SessionStore } from "../../../stores/session-store.ts";
import { type Change, changeOf, randomKey, recordOf, SESSION } from "./records.ts";

/** Creates a store, or returns one that already contains other sessions. */
export type MakeStore = () => SessionStore | Promise<SessionStore>;

/** Store of one test with an unused id and an unused user key. */
export class StoreContract {
  readonly #makeStore: MakeStore;
  #store: SessionStore | undefined;
  id = "";
  userKey = "";

  constructor(makeStore: MakeStore) {
    this.#makeStore = makeStore;
  }

  /** Prepares the next test. */
  async start(): Promise<void> {
    this.#store = await this.#makeStore();
    this.id = randomKey(22);
    this.userKey = randomKey(43);
  }

  get store(): SessionStore {
    if (this.#store === undefined) throw new Error("start() must run before a test uses its store");
    return this.#store;
  }

  /** Begins the test's session and returns the stored one. */
  async begin(
    values: Readonly<Record<string, StoredValue>> = {},
    record: Partial<SessionRecord> = {},
  ): Promise<FoundSession> {
    await this.store.begin(this.id, recordOf(Object.entries(values), record));
    return this.found();
  }

  /** Returns the test's current session. Throws if there is none. */
  async found(): Promise<FoundSession> {
    const { session } = await this.store.read(this.id);
    if (typeof session !== "object") throw new Error(`the store should have a session, but read ${session}`);
    return session;
  }

  /** Returns the values of the test's session. */
  async data(): Promise<ReadonlyMap<string, StoredValue>> {
    return (await this.found()).values;
  }

  /** Changes the test's session. Without `known`, the session is read first. */
  async change(change: Change, known?: FoundSession): Promise<ChangeResult> {
    return this.store.change(this.id, changeOf(change), known ?? (await this.found()));
  }

  /** Adds a session to a user. Default: to the current generation. */
  async addUserSession(
    userKey: string,
    id: string,
    change: { session?: UserSession; remove?: readonly string[]; generation?: number } = {},
  ): Promise<boolean> {
    const generation = change.generation ?? (await this.store.readUser(userKey))?.generation ?? 0;
    return this.store.addUserSession(userKey, { id, session: SESSION, remove: [], ...change, generation });
  }

  /** Adds a session to a user and tries again until the generation is current. */
  async signIn(userKey: string, id: string): Promise<void> {
    while (!(await this.addUserSession(userKey, id)));
  }

  /** Returns the ids of a user's sessions in alphabetical order. */
  async members(userKey: string): Promise<string[]> {
    return [...((await this.store.readUser(userKey))?.sessions.keys() ?? [])].sort();
  }
}
