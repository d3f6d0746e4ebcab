import type { SessionInterface, SessionSettings } from "lambda-sessions";
import type { RevocableCookieOptions, ServerSideOptions, SessionStore } from "lambda-sessions/server-side";
import type { Clock } from "lambda-sessions/testing";
import { vi } from "vitest";

/** The keys of these sessions, newest first. */
export const KEYS = ["a secret key of at least 32 bytes, for tests"];

/** Where sessions are kept that are listed by user. */
export type Kind = keyof typeof INTERFACES;

const INTERFACES = {
  "a store": async (options: ServerSideOptions): Promise<SessionInterface> => {
    const { ServerSideSessionInterface } = await import("lambda-sessions/server-side");
    return new ServerSideSessionInterface(options);
  },
  "cookies that can be revoked": async (options: RevocableCookieOptions): Promise<SessionInterface> => {
    const { RevocableCookieSessionInterface } = await import("lambda-sessions/server-side");
    return new RevocableCookieSessionInterface(options);
  },
};

/** All of them. */
export const KINDS = Object.keys(INTERFACES) as Kind[];

/** What the functions find under `#session-interface`. */
export interface MemorySessions {
  readonly sessionInterface: SessionInterface;
  readonly store: SessionStore;
}

/**
 * Gives the functions that are loaded next their sessions in memory: call it once after modules were reset, and load all
 * functions together.
 */
export async function useMemorySessions(
  kind: Kind,
  clock: Clock,
  settings: SessionSettings = {},
): Promise<MemorySessions> {
  const { MemoryStore } = await import("lambda-sessions/server-side");
  const { SessionDirectory } = await import("lambda-sessions/server-side");
  const { warmUpCookies, warmUpStore } = await import("../../functions/runtime/warm-up.ts");
  const store = new MemoryStore();
  const options = { store, keys: KEYS, clock: clock.now, settings, log };
  const isInStore = kind === "a store";
  const sessionInterface = await INTERFACES[kind](options);
  const runtime = {
    sessionInterface,
    sessions: new SessionDirectory({ users: store, ...(isInStore && { store }), clock: clock.now, log }),
    warmUp: isInStore ? warmUpStore(store) : warmUpCookies(sessionInterface),
  };
  vi.doMock("#session-interface", () => runtime);
  return { ...runtime, store };
}

function log(): void {}
