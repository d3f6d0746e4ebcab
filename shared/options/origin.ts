/** Returns whether a value is an origin of HTTP or HTTPS in its only valid spelling, without a wildcard. */
export function isOrigin(value: unknown): value is string {
  return typeof value === "string" && /^https?:[^*]*$/.test(value) && URL.parse(value)?.origin === value;
}

/** Excludes schemes whose pages have the origin `null`, and those of no page. */
const APP_ORIGIN =
  /^(?!(about|blob|data|file|ftp|https?|javascript|wss?):)[a-z][a-z\d+.-]*:\/\/[a-z\d][a-z\d.-]*(:\d+)?$/;

/**
 * Returns whether a value is an origin that can be trusted: one of HTTP or HTTPS, or of an application whose
 * pages have a scheme of their own, such as `capacitor://localhost` (Capacitor, Ionic, Tauri, extensions).
 */
export function isTrustableOrigin(value: unknown): value is string {
  return isOrigin(value) || (typeof value === "string" && APP_ORIGIN.test(value));
}
