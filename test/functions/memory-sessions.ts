import type { SessionInterface, SessionSettings } from "lambda-sessions";
import type { MemoryStore } from "lambda-sessions/server-side";
import type { Clock } from "lambda-sessions/testing";
import { vi } from "vitest";

/** Secret keys of these sessions, newest first. */
export const KEYS = ["a secret key of at least 32 bytes, for tests"];

/** Storages that list the sessions of each user. */
export const USER_STORAGES = ["revocable-cookie", "dynamodb"] as const;

/** Values of the setting `storage`. */
export const STORAGES = ["cookie", ...USER_STORAGES] as const;

/** Value of the setting `storage`. */
export type Storage = (typeof STORAGES)[number];

/** Modules that functions import as `#session-interface`, with a table in memory. */
export interface MemorySessions {
  readonly sessionInterface: SessionInterface;
  readonly store: MemoryStore;
}

/**
 * Replaces the storage of the functions that are loaded next by one whose table is in memory. Call it once
 * after `vi.resetModules()`, and load all functions together.
 */
export async function useMemorySessions(
  storage: Storage,
  clock: Clock,
  settings: SessionSettings = {},
): Promise<MemorySessions> {
  const { MemoryConditionalStore, MemoryStore, SessionDirectory } = await import(
    "lambda-sessions/server-side"
  );
  const { warmUpCookies, warmUpStore } = await import("../../functions/runtime/warm-up.ts");
  const store = new MemoryStore();
  const options = { store, keys: KEYS, clock: clock.now, settings, log };
  const isInStore = storage === "dynamodb";
  const sessionInterface = await INTERFACES[storage](options);
  const runtime = {
    sessionInterface,
    sessions: new SessionDirectory({ users: store, ...(isInStore && { store }), clock: clock.now, log }),
    openItems: () => (storage === "cookie" ? undefined : new MemoryConditionalStore({ clock: clock.now })),
    warmUp: isInStore ? warmUpStore(store) : warmUpCookies(sessionInterface),
  };
  vi.doMock("#session-interface", () => runtime);
  return { ...runtime, store };
}

/** Options of all session interfaces. */
interface Options {
  readonly store: MemoryStore;
  readonly keys: readonly string[];
  readonly clock: () => number;
  readonly settings: SessionSettings;
  readonly log: () => void;
}

const INTERFACES: Record<Storage, (options: Options) => Promise<SessionInterface>> = {
  cookie: async ({ store: _, ...options }) => {
    const { SecureCookieSessionInterface } = await import("lambda-sessions/cookie");
    return new SecureCookieSessionInterface(options);
  },
  "revocable-cookie": async (options) => {
    const { RevocableCookieSessionInterface } = await import("lambda-sessions/server-side");
    return new RevocableCookieSessionInterface(options);
  },
  dynamodb: async (options) => {
    const { ServerSideSessionInterface } = await import("lambda-sessions/server-side");
    return new ServerSideSessionInterface(options);
  },
};

function log(): void {}
