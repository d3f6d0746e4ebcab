import type { SessionOptions } from "../session/opened-session.ts";
import { assertPublic } from "../session/reserved-keys.ts";
import { Session } from "../session/session.ts";
import type { SessionTokenSigner } from "./session-token.ts";
import type { StoreContext, StoredSession } from "./stored-session.ts";

/** What a server-side session was opened with, so that it is saved alike. */
export interface ServerSideContext extends StoreContext {
  readonly signer: SessionTokenSigner;
}

/** A session whose data is in a store. `update` and `increment` are stored at once; all else when it is saved. */
export class ServerSideSession extends Session {
  readonly context: ServerSideContext;
  /** The session as the request found it; `undefined` where it begins now. */
  readonly stored: StoredSession | undefined;
  /** The id of the session whose token the visitor showed a moment after a change of privilege had replaced it. */
  readonly replaced: string | undefined;
  #wrote = false;

  constructor(
    options: SessionOptions,
    context: ServerSideContext,
    stored: StoredSession | undefined,
    replaced?: string,
  ) {
    super(options);
    this.context = context;
    this.stored = stored;
    this.replaced = replaced;
  }

  override get modified(): boolean {
    return this.#wrote || super.modified;
  }

  /** For the session interface: whether there is a change that was not stored yet. */
  get hasChanges(): boolean {
    return super.modified;
  }

  override async update(key: string, change: (value: unknown) => unknown): Promise<never> {
    const stored = this.#storedOf(key);
    if (stored === undefined) return super.update(key, change as never) as Promise<never>;
    return this.#take(key, await stored.update(key, change));
  }

  override async increment(key: string, by = 1): Promise<number> {
    const stored = this.#storedOf(key);
    if (stored === undefined) return super.increment(key, by);
    return this.#take(key, await stored.increment(key, by));
  }

  /** What a key was set to in this request is this request's own until it is saved. */
  #storedOf(key: string): StoredSession | undefined {
    assertPublic(key);
    this.writing();
    return this.destroyed || this.changedKeys.has(key) ? undefined : this.stored;
  }

  /** The value is handed out through `get`, so that later changes inside it are noticed. */
  #take(key: string, value: unknown): never {
    this.#wrote = true;
    if (!this.changedKeys.has(key)) this.settle(key, value);
    return this.get(key) as never;
  }
}
