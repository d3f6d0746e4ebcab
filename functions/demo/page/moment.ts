import { html, type Markup } from "lambda-sessions";

/** Renders a time in UTC. The page's script shows it in the visitor's time zone. */
export function renderMoment(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${formatUtc(date)}</time>`;
}

/** Formats a time such as `2026-11-26 09:30:00 UTC`. */
export function formatUtc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
