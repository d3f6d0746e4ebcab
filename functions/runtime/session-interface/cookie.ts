import type { SessionInterface } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { keysFrom, settingsFrom } from "../environment.ts";
import { warmUpCookies } from "../warm-up.ts";

const options = { keys: keysFrom(process.env), settings: settingsFrom(process.env) };

/** Sessions in signed cookies: the default. */
export const sessionInterface: SessionInterface = new SecureCookieSessionInterface(options);

/** Prepares a function for its first request, while it starts. */
export const warmUp = warmUpCookies(new SecureCookieSessionInterface({ ...options, log: () => {} }));

/** Opens nothing: there is no table in which the sign-in at an identity provider could keep something. */
export function openItems(): undefined {}
