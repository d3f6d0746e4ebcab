import assert from "node:assert/strict";
import { SecureCookieSessionInterface } from "../../cookie/secure-cookie-session-interface.ts";
import type { HeaderLines, WireRequest, WireResponse } from "../../gateway/event-forms/wire.ts";
import { createWithSession } from "../../lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../session/session-interface.ts";
import type { SessionSettings } from "../../session/session-settings.ts";
import type { SessionStore } from "../../stores/session-store.ts";
import type { AdapterUnderTest, Script, ScriptedResponse } from "./adapter-under-test.ts";

/** Keys of all sessions in the cases. */
export const KEYS = ["a secret key of at least 32 bytes, for tests"];

/** Start of the session cookie's pair. */
export const SESSION_COOKIE = "__Host-session=";

/** Cookies as handlers set them: with commas, quotes and attributes. */
export const OWN_COOKIES = [
  "theme=dark; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/",
  'note="a, b"; Max-Age=60',
  "theme=light; Path=/other; HttpOnly",
] as const;

/** Returns an interface that keeps sessions in signed cookies. */
function cookieSessions(): SessionInterface {
  return new SecureCookieSessionInterface({ keys: KEYS, log: () => {} });
}

/** Returns an interface that keeps sessions in a store. */
export function storedSessions(store: SessionStore, settings: SessionSettings = {}): SessionInterface {
  return new ServerSideSessionInterface({ keys: KEYS, store, settings, log: () => {} });
}

/** Application of one script, and the visitor who sends requests to it. */
export interface Application {
  /** Sends a request. Default: GET without headers. */
  send(request?: Partial<WireRequest>): Promise<WireResponse>;
}

/** Starts an application, runs a case with it, and stops it. */
export async function withApplication(
  adapter: AdapterUnderTest,
  script: Script,
  use: (application: Application) => Promise<void>,
  sessionInterface: SessionInterface = cookieSessions(),
): Promise<void> {
  const withSession = createWithSession({ sessionInterface, log: () => {} });
  const send = await adapter.start(withSession, script);
  const plain = { method: "GET", path: "/", queryString: "", headers: [], body: Buffer.alloc(0) };
  try {
    await use({ send: (request) => send({ ...plain, ...request }) });
  } finally {
    await send.close?.();
  }
}

/** Returns a response with the given parts. Default: 200 with a text. */
export function respond(response: Partial<ScriptedResponse> = {}): ScriptedResponse {
  return {
    statusCode: 200,
    headers: [["content-type", "text/plain; charset=utf-8"]],
    cookies: [],
    body: "hello",
    ...response,
  };
}

/** Returns all values of a header. */
export function valuesOf(response: WireResponse, name: string): string[] {
  return response.headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

/** Returns the names in all `Vary` headers, in lower case. */
export function varyOf(response: WireResponse): string[] {
  const names = valuesOf(response, "vary").flatMap((value) => value.split(","));
  return names.map((name) => name.trim().toLowerCase());
}

/** Returns the only Set-Cookie header of a response, which must be the session's. */
export function onlySessionCookie(response: WireResponse): string {
  const [cookie = "", ...others] = valuesOf(response, "set-cookie");
  assert.deepEqual(others, [], "the response has further Set-Cookie headers");
  assert.ok(cookie.startsWith(SESSION_COOKIE), `the response has no session cookie: ${cookie}`);
  return cookie;
}

/** Returns the Cookie header of a visitor who received a Set-Cookie header. */
export function toCookie(setCookie: string): string {
  return setCookie.split(";", 1).join();
}

/** Returns the headers of a visitor with these Cookie headers. */
export function cookieLines(...cookies: string[]): HeaderLines {
  return cookies.map((cookie) => ["cookie", cookie] as const);
}
