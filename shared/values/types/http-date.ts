const FORM = /^(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)(?: \((\d{1,3}) ms\))?$/;

/**
 * A date as Flask stores it (RFC 9110, section 5.6.7), with the milliseconds, where there are any, as a comment
 * behind it: `Mon, 23 Nov 2026 02:20:00 GMT (123 ms)`. RFC 5322 allows the comment, and Python skips it.
 */
export function formatHttpDate(date: Date): string {
  const milliseconds = date.getUTCMilliseconds();
  return milliseconds === 0 ? date.toUTCString() : `${date.toUTCString()} (${milliseconds} ms)`;
}

/** Reads what `formatHttpDate` or Flask wrote; `null` for anything else, as Werkzeug's `parse_date`. */
export function parseHttpDate(text: string): Date | null {
  const [, seconds = "", milliseconds = "0"] = FORM.exec(text) ?? [];
  const date = new Date(seconds);
  return date.toUTCString() === seconds ? new Date(date.getTime() + Number(milliseconds)) : null;
}

/** Whether the form above can tell the date: it has four digits for the year, and readers take less for 19xx. */
export function isHttpDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 100 && year <= 9999;
}
