import { vi } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { Browser, type BrowserOptions } from "../support/browser.ts";

/** The environment that the functions get unless a test says otherwise. */
const ENVIRONMENT = { SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]) };

/**
 * A browser in front of all functions, which start anew: they read the environment when they are loaded.
 *
 * @param environment variables beside the secret keys; `undefined` takes one away
 */
export async function startApplication(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: BrowserOptions = {},
): Promise<Browser<SessionData>> {
  vi.resetModules();
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...environment })) vi.stubEnv(name, value);
  const routes = {
    "GET /": (await import("../../functions/home.ts")).handler,
    "GET /set": (await import("../../functions/set.ts")).handler,
    "GET /get": (await import("../../functions/get.ts")).handler,
    "GET /visits": (await import("../../functions/visits.ts")).handler,
    "GET /session": (await import("../../functions/session.ts")).handler,
    "POST /sign-in": (await import("../../functions/sign-in.ts")).handler,
    "POST /sign-out": (await import("../../functions/sign-out.ts")).handler,
  };
  const { sessionInterface } = await import("#session-interface");
  return new Browser<SessionData>(routes, { sessionInterface, ...options });
}
