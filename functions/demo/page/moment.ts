import type { Markup } from "lambda-sessions";
import { html } from "../../runtime/html.ts";

/** A point in time, in UTC; the page's script tells it in the visitor's own time zone. */
export function moment(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${utcText(date)}</time>`;
}

/** A point in time as text, such as `2026-11-26 09:30:00 UTC`. */
export function utcText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
