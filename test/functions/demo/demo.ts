import type { SessionSettings } from "lambda-sessions";
import { Browser, type BrowserOptions, type BrowserResponse, Clock } from "lambda-sessions/testing";
import { vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { startApplication } from "../application.ts";
import { handlersOf } from "../handlers.ts";
import { type MemorySessions, type USER_STORAGES, useMemorySessions } from "../memory-sessions.ts";

/** Storage that lists the sessions of each user. */
type UserStorage = (typeof USER_STORAGES)[number];

const STORAGES = {
  dynamodb: () => import("../../../functions/demo/storage/dynamodb.ts"),
  "revocable-cookie": () => import("../../../functions/demo/storage/revocable-cookie.ts"),
} as const satisfies Record<UserStorage, () => Promise<unknown>>;

/** Accept header of a browser that navigates to a page. */
export const PAGES = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/**
 * Returns a browser in front of the demo's routes, with sessions in cookies. `SIGN_IN` decides which they
 * are.
 */
export function startDemo(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: BrowserOptions = {},
): Promise<Browser<SessionData>> {
  const routes = demoRoutes({ hasTable: false, hasOidc: environment.SIGN_IN === "oidc" });
  return startApplication(environment, options, routes);
}

/** Demo with a storage that lists each user's sessions. Each device has its own browser. */
export class DemoWithUsers {
  readonly clock: Clock;
  readonly sessions: MemorySessions;
  readonly #handlers: ReturnType<typeof handlersOf>;

  /** Use `start` instead. */
  constructor(clock: Clock, sessions: MemorySessions, handlers: ReturnType<typeof handlersOf>) {
    this.clock = clock;
    this.sessions = sessions;
    this.#handlers = handlers;
  }

  /** @param hasOidc whether visitors sign in at an identity provider. Default: false */
  static async start(
    storage: UserStorage,
    { hasOidc = false, settings = {} }: { hasOidc?: boolean; settings?: SessionSettings } = {},
  ): Promise<DemoWithUsers> {
    vi.resetModules();
    if (hasOidc) vi.stubEnv("SIGN_IN", "oidc");
    vi.stubEnv("SESSION_SETTINGS", JSON.stringify(settings));
    const clock = new Clock();
    const sessions = await useMemorySessions(storage, clock, settings);
    const description = await STORAGES[storage]();
    vi.doMock("#demo-storage", () => description);
    return new DemoWithUsers(clock, sessions, handlersOf(demoRoutes({ hasTable: true, hasOidc })));
  }

  /** Returns a new browser. */
  browser(): Browser<SessionData> {
    const { sessionInterface } = this.sessions;
    return new Browser<SessionData>(this.#handlers, { sessionInterface, clock: this.clock.now });
  }

  /** Returns a browser in which a user has signed in, one minute ago. */
  async device(name: string, userAgent: string): Promise<Browser<SessionData>> {
    const browser = this.browser();
    await browser.post("/demo/sign-in", { name }, { headers: { "user-agent": userAgent } });
    this.clock.advance(60);
    return browser;
  }
}

/** Posts a form and follows the redirect, as a browser does. */
export function submit(
  browser: Browser<SessionData>,
  path: string,
  form: Readonly<Record<string, string>> = {},
): Promise<BrowserResponse> {
  return browser.post(path, form, { followRedirects: true, headers: PAGES });
}

/** Returns the page's text without tags, style and script, and with white space collapsed. */
export function textOf({ body }: BrowserResponse): string {
  const withoutCode = body.replace(/<(style|script)>.*?<\/\1>/gs, " ");
  return withoutCode
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .replaceAll(" .", ".")
    .trim();
}
