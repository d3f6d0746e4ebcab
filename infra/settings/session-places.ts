import { COOKIE_SETTINGS, SESSION_SETTINGS } from "lambda-sessions/settings";

type CookieSettings = {
  readonly [Name in keyof typeof COOKIE_SETTINGS as `cookie${Capitalize<Name>}`]: (typeof COOKIE_SETTINGS)[Name];
};

/** Returns the library's cookie settings under their names in this project: `name` becomes `cookieName`. */
export function cookieSettings(): CookieSettings {
  const renamed = Object.entries(COOKIE_SETTINGS).map(([name, setting]) => [toCookieSetting(name), setting]);
  return Object.fromEntries(renamed);
}

/**
 * Names of settings by their path in the library's `SessionSettings`, such as `lifetime` or `cookie.name`.
 */
export const SESSION_PLACES: ReadonlyMap<string, string> = new Map([
  ...Object.keys(SESSION_SETTINGS)
    .filter((name) => name !== "cookie")
    .map((name) => [name, name] as const),
  ...Object.keys(COOKIE_SETTINGS).map((name) => [`cookie.${name}`, toCookieSetting(name)] as const),
]);

function toCookieSetting(name: string): string {
  return `cookie${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
