import type { Markup } from "lambda-sessions";
import { html } from "../../runtime/html.ts";
import type { CookiePart } from "./cookie-part.ts";

/** The most dots that stand for characters which are not shown. */
const MOST_DOTS = 40;

/**
 * The parts of a cookie, one after the other as they stand in it, and then one by one.
 *
 * @param marked where the one character of the first part is that is to be seen
 */
export function anatomy(parts: readonly CookiePart[], marked?: number): Markup {
  if (parts.length === 0) return html`<p>The cookie has none of the parts that a session’s cookie has.</p>`;
  return html`<p class="cookie" aria-hidden="true">${parts.map((part, index) => piece(part, index === 0 ? marked : undefined))}</p>
<dl class="parts">${parts.map(explanation)}</dl>`;
}

/** Sealed cookies have no dots between their parts; key, token and user stand together. */
function piece({ kind, text, hidden }: CookiePart, marked: number | undefined): Markup {
  const dot = kind === "timestamp" || kind === "signature" ? "." : "";
  const dots = "•".repeat(Math.min(hidden, MOST_DOTS));
  return html`${dot}<span class="${kind}">${marked === undefined ? text : withMark(text, marked)}${dots}</span>`;
}

function withMark(text: string, at: number): Markup {
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + 1)}</mark>${text.slice(at + 1)}`;
}

function explanation({ kind, name, text, hidden, meaning, decoded }: CookiePart): Markup {
  return html`<div><dt><span class="${kind}">${name}</span> <span class="quiet">${text.length + hidden} characters</span></dt>
<dd>${meaning}${decoded ? html`<code class="decoded">${decoded}</code>` : ""}</dd></div>`;
}
