import { type Flash, html, type Markup } from "lambda-sessions";

/** Renders messages in the region that screen readers announce. */
export function renderStatus(flashes: readonly Flash[]): Markup {
  return html`<div id="status" role="status">${flashes.map(renderFlash)}</div>`;
}

function renderFlash({ message, category }: Flash): Markup {
  return html`<p class="flash" data-category="${category}">${message}</p>`;
}
