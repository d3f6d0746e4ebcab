import { html, type Markup } from "lambda-sessions";
import type { CookiePart } from "./cookie-part.ts";

/** Maximum number of dots that stand for hidden characters. */
const MOST_DOTS = 40;

/**
 * Renders the parts of a cookie: first in one line, in the cookie's order, and then one by one with
 * explanations.
 *
 * @param marked index of the character of the first part to highlight
 */
export function renderAnatomy(parts: readonly CookiePart[], marked?: number): Markup {
  if (parts.length === 0) return html`<p>The cookie has none of the parts that a session’s cookie has.</p>`;
  return html`<p class="cookie" aria-hidden="true">${parts.map((part, index) => renderPiece(part, index === 0 ? marked : undefined))}</p>
<dl class="parts">${parts.map(renderExplanation)}</dl>`;
}

/**
 * Renders one part. Only timestamp and signature follow a dot: a sealed cookie has no dots, and table key,
 * token and user are not separated.
 */
function renderPiece({ kind, text, hidden }: CookiePart, marked: number | undefined): Markup {
  const dot = kind === "timestamp" || kind === "signature" ? "." : "";
  const dots = "•".repeat(Math.min(hidden, MOST_DOTS));
  return html`${dot}<span class="${kind}">${marked === undefined ? text : withMark(text, marked)}${dots}</span>`;
}

function withMark(text: string, at: number): Markup {
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + 1)}</mark>${text.slice(at + 1)}`;
}

function renderExplanation({ kind, name, text, hidden, meaning, decoded }: CookiePart): Markup {
  return html`<div><dt><span class="${kind}">${name}</span> <span class="quiet">${text.length + hidden} characters</span></dt>
<dd>${meaning}${decoded ? html`<code class="decoded">${decoded}</code>` : ""}</dd></div>`;
}
