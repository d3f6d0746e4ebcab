const FORM = /^(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)(?: \((\d{1,3}) ms\))?$/;

/**
 * Formats a date as Flask stores it (RFC 9110, section 5.6.7). Milliseconds follow as a comment, if there are
 * any: `Mon, 23 Nov 2026 02:20:00 GMT (123 ms)`. RFC 5322 allows the comment, and Python skips it.
 */
export function formatHttpDate(date: Date): string {
  const milliseconds = date.getUTCMilliseconds();
  return milliseconds === 0 ? date.toUTCString() : `${date.toUTCString()} (${milliseconds} ms)`;
}

/**
 * Parses the output of `formatHttpDate` or of Flask. Returns `null` for any other string, as Werkzeug's
 * `parse_date`.
 */
export function parseHttpDate(text: string): Date | null {
  const [, seconds = "", milliseconds = "0"] = FORM.exec(text) ?? [];
  const date = new Date(seconds);
  return date.toUTCString() === seconds ? new Date(date.getTime() + Number(milliseconds)) : null;
}

/**
 * Returns whether `formatHttpDate` can represent the date. The year needs four digits and must be 100 or
 * later, because readers take smaller years for 19xx.
 */
export function isHttpDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 100 && year <= 9999;
}
