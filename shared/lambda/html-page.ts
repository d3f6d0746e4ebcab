import { html } from "../values/types/html.ts";
import type { Markup } from "../values/types/markup.ts";
import type { HttpResult } from "./http-result.ts";

/** Look of the pages. The policy below allows it by its hash, which a change of the look changes too. */
const STYLE = html`:root{color-scheme:light dark;background:canvas;color:canvastext;font:1.1rem/1.6 system-ui,sans-serif}
body{max-width:36rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}
h1{line-height:1.25}button{font:inherit;padding:.3rem .7rem}`;

/**
 * Returns a page that runs no script, loads nothing, has no style but its own, appears in no frame and is not
 * stored. Links send no Referer, because the address may contain a code.
 *
 * @param refresh an address to which the browser continues at once, also one of another origin. It answers a
 * form where a redirect would not do: Chromium applies the directive `form-action` of the form's page to
 * redirects too
 */
export function htmlPage(statusCode: number, title: string, body: Markup, refresh?: string): HttpResult {
  const policy = "default-src 'none'; style-src 'sha256-YgJ+883xuEG82/n1EllPxkYe72wKCqfPoI9rDIwYEgQ='";
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
  const next = refresh === undefined ? [] : html`<meta http-equiv="refresh" content="0;url=${refresh}">\n`;
  const head = html`<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">
${next}<link rel="icon" href="data:,">\n<title>${title}</title>\n<style>${STYLE}</style>`;
  const page = html`<!doctype html>\n<html lang="en">\n${head}\n<main>\n<h1>${title}</h1>\n${body}\n</main>\n</html>\n`;
  return { statusCode, headers, body: page.html };
}
