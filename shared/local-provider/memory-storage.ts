import type { Adapter, AdapterPayload } from "oidc-provider";

/** Models of oidc-provider that end with their grant. */
const GRANTED: ReadonlySet<string> = new Set(["AccessToken", "AuthorizationCode", "RefreshToken"]);

interface Item {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Sessions, codes and tokens of the provider, in memory. Everything is lost when the process ends. */
export class MemoryStorage {
  readonly #items = new Map<string, Item>();
  readonly #onReuse: () => never;

  /**
   * @param onReuse throws oidc-provider's error for a code or refresh token that is used twice in parallel
   */
  constructor(onReuse: () => never) {
    this.#onReuse = onReuse;
  }

  /** Returns the ids of the sessions in which a person is signed in. */
  sessionsOf(accountId: string): string[] {
    const sessions = this.#present("Session").filter((item) => item.payload.accountId === accountId);
    return sessions.map(({ payload }) => payload.jti ?? "");
  }

  /** Ends the codes and tokens of a session that was destroyed. */
  endSession(uid: string): void {
    for (const [key, { payload }] of this.#items) if (payload.sessionUid === uid) this.#items.delete(key);
  }

  /** Returns oidc-provider's adapter for one model. */
  readonly adapter = (model: string): Adapter => ({
    find: async (id) => this.#find(`${model}:${id}`),
    findByUid: async (uid) => this.#present(model).find(({ payload }) => payload.uid === uid)?.payload,
    findByUserCode: async () => undefined,
    upsert: async (id, payload, expiresIn = Infinity) =>
      void this.#items.set(`${model}:${id}`, { payload, expiresAt: Date.now() + expiresIn * 1000 }),
    consume: async (id) => this.#consume(`${model}:${id}`),
    destroy: async (id) => void this.#items.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => this.#revoke(grantId),
  });

  #find(key: string): AdapterPayload | undefined {
    const item = this.#items.get(key);
    if (item && item.expiresAt > Date.now()) return item.payload;
    this.#items.delete(key);
    return undefined;
  }

  /**
   * Marks a code or a refresh token as used. oidc-provider has read it before, so the second of two parallel
   * uses is only visible here. As with any reuse, it ends the grant (RFC 9700, section 4.14.2).
   */
  #consume(key: string): void {
    const payload = this.#find(key);
    if (payload && payload.consumed === undefined) payload.consumed = Math.floor(Date.now() / 1000);
    else {
      if (payload?.grantId) this.#revoke(payload.grantId);
      this.#onReuse();
    }
  }

  #revoke(grantId: string): void {
    this.#items.delete(`Grant:${grantId}`);
    for (const [key, { payload }] of this.#items)
      if (payload.grantId === grantId && GRANTED.has(key.split(":", 1).join())) this.#items.delete(key);
  }

  #present(model: string): Item[] {
    const keys = [...this.#items.keys()].filter((key) => key.startsWith(`${model}:`) && this.#find(key));
    return keys.map((key) => this.#items.get(key) as Item);
  }
}
