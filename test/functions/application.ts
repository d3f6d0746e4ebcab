import { Browser, type BrowserOptions } from "lambda-sessions/testing";
import { vi } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { ROUTES, type Routes } from "../../infra/routes.ts";
import { handlersOf } from "./handlers.ts";

/** The environment that the functions get unless a test says otherwise. */
const ENVIRONMENT = { SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]) };

/**
 * A browser in front of functions, which start anew: they read the environment when they are loaded.
 *
 * @param environment variables beside the secret keys; `undefined` takes one away
 * @param routes default: `ROUTES`
 */
export async function startApplication(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: BrowserOptions = {},
  routes: Routes = ROUTES,
): Promise<Browser<SessionData>> {
  vi.resetModules();
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...environment })) vi.stubEnv(name, value);
  const handlers = await handlersOf(routes);
  const { sessionInterface } = await import("#session-interface");
  return new Browser<SessionData>(handlers, { sessionInterface, ...options });
}
