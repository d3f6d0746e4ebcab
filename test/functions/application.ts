import { Browser, type BrowserOptions } from "lambda-sessions/testing";
import { vi } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { ROUTES, type Routes } from "../../infra/routes.ts";
import { handlersOf } from "./handlers.ts";

/** The environment of the functions unless a test overrides it. */
const ENVIRONMENT = { SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]) };

/**
 * Returns a browser in front of functions, which are loaded again: their sessions read the environment at once.
 *
 * @param environment variables beside the secret keys; `undefined` removes one
 * @param routes default: `ROUTES`
 */
export async function startApplication<Data extends object = SessionData>(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: BrowserOptions = {},
  routes: Routes = ROUTES,
): Promise<Browser<Data>> {
  vi.resetModules();
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...environment })) vi.stubEnv(name, value);
  await import("../../functions/runtime/session.ts");
  const { sessionInterface } = await import("#session-interface");
  return new Browser<Data>(handlersOf(routes), { sessionInterface, ...options });
}
