import { randomUUID } from "node:crypto";
import type { Turn } from "./count-losses.ts";
import {
  type BasicSession,
  HandlerFailure,
  type Served,
  type SessionSystem,
  type Token,
} from "./session-system.ts";

type Data = Record<string, unknown>;

/** A session that is read and written as a whole. */
interface WholeSession {
  readonly found: string | undefined;
  data: Data;
  hasEnded: boolean;
}

/** Sessions as most libraries store them: read as a whole, and written as a whole without a condition. */
export class WholeSessionSystem implements SessionSystem<BasicSession> {
  readonly storesAtOnce = false;
  readonly #stored = new Map<string, Data>();
  readonly #turn: Turn;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  async serve(cookie: string | undefined, handle: (session: BasicSession) => Promise<void>): Promise<Served> {
    const session = await this.#open(cookie?.split("=")[1] ?? "");
    try {
      await handle(basicSession(session));
    } catch (error) {
      if (error instanceof HandlerFailure) return { outcome: "failed", over: [] };
      throw error;
    }
    const issued = await this.#save(session);
    return { outcome: "saved", over: [], issued, setCookie: issued && `id=${issued.session}; Path=/` };
  }

  async #open(id: string): Promise<WholeSession> {
    await this.#turn();
    const data = this.#stored.get(id);
    await this.#turn();
    return { found: data && id, data: structuredClone(data ?? {}), hasEnded: false };
  }

  async #save({ found, data, hasEnded }: WholeSession): Promise<Token | undefined> {
    await this.#turn();
    if (hasEnded && found !== undefined) this.#stored.delete(found);
    const kept = hasEnded ? undefined : found;
    const id = kept ?? randomUUID();
    if (kept !== undefined || Object.keys(data).length > 0) this.#stored.set(id, data);
    await this.#turn();
    return kept === undefined && this.#stored.has(id) ? { session: id, token: id } : undefined;
  }
}

function basicSession(session: WholeSession): BasicSession {
  const set = (key: string, value: unknown): void => {
    session.data[key] = value;
  };
  return {
    id: session.found,
    read: () => structuredClone(session.data),
    set,
    delete: (key) => key in session.data && delete session.data[key],
    increment: async (key) => {
      const sum = Number(session.data[key] ?? 0) + 1;
      set(key, sum);
      return sum;
    },
    signIn: (user) => set("user", user),
    signOut: () => {
      session.data = {};
      session.hasEnded = true;
    },
  };
}
