import { Browser, type BrowserOptions, Clock } from "lambda-sessions/testing";
import { vi } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { type Routes, routesOf } from "../../infra/routes.ts";
import { handlersOf } from "./handlers.ts";
import { type Storage, useMemorySessions } from "./memory-sessions.ts";

/** Environment of the functions unless a test overrides it. */
const ENVIRONMENT = { SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]) };

/**
 * Returns a browser in front of functions. They are loaded again, so that their sessions read the
 * environment.
 *
 * @param environment variables beside the secret keys; `undefined` removes one
 * @param routes default: those of a deployment without a table
 */
export async function startApplication<Data extends object = SessionData>(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: BrowserOptions = {},
  routes: Routes = routesOf({ hasTable: false }),
): Promise<Browser<Data>> {
  vi.resetModules();
  vi.doUnmock("#session-interface");
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...environment })) vi.stubEnv(name, value);
  await import("../../functions/runtime/session.ts");
  const { sessionInterface } = await import("#session-interface");
  return new Browser<Data>(handlersOf(routes), { sessionInterface, ...options });
}

/**
 * Returns a browser in front of functions with a storage. Its table is in memory and passes the same contract
 * tests as the one in DynamoDB.
 */
export async function startWithStorage(storage: Storage): Promise<Browser<SessionData>> {
  vi.resetModules();
  const clock = new Clock();
  const { sessionInterface } = await useMemorySessions(storage, clock);
  const handlers = handlersOf(routesOf({ hasTable: storage !== "cookie" }));
  return new Browser<SessionData>(handlers, { sessionInterface, clock: clock.now });
}
