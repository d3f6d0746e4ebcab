import type { Markup } from "../../../shared/session/types/markup.ts";
import { html } from "../../runtime/html.ts";

/** A point in time, in UTC; the page's script tells it in the visitor's own time. */
export function moment(date: Date): Markup {
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}
