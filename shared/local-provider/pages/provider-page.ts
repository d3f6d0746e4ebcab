import { hash } from "node:crypto";
import { html } from "../../values/types/html.ts";
import { Markup } from "../../values/types/markup.ts";

/** Page of the local provider. */
export interface ProviderPage {
  readonly title: string;
  /** Content of the element `main`, below the title. */
  readonly body: Markup;
  /** Origin of the application that a form of the page may redirect to. Default: none. */
  readonly target?: string | undefined;
  /** Script that runs when the body has been parsed. Default: none. */
  readonly script?: string;
}

const STYLE = `:root{color-scheme:light dark;--page:light-dark(#f6f5f2,#16181d);--card:light-dark(#fff,#1f2229);
--text:light-dark(#1d2026,#e8e6e1);--quiet:light-dark(#5b606b,#a6acb8);--accent:light-dark(#1a56b0,#8ab4ff);--alert:light-dark(#a3231f,#ff9b94)}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:break-word}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1.25rem}h1{font-size:1.75rem;line-height:1.2;margin:0 0 .75rem}
form{display:grid;gap:.6rem;margin:1rem 0}label{display:grid;gap:.2rem}
input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--quiet);border-radius:.45rem;padding:.6rem .8rem;text-align:left}
button{cursor:pointer;border-color:var(--accent)}button b{display:block}button:hover{border-color:currentColor}
:is(input,button):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet);font-size:.9rem}.alert{color:var(--alert);font-weight:600}.plain{border-color:var(--quiet)}
code{font-family:ui-monospace,monospace;font-size:.95em}`;

/** Returns the headers of a page: its policy forbids everything but its own style, script and forms. */
export function headersOf({ target, script }: ProviderPage): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`]),
    "img-src data:",
    // Chromium applies form-action to the redirects that follow a form too.
    `form-action 'self'${target === undefined ? "" : ` ${target}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}

/** Renders the document of a page. Each says that it is the local provider's. */
export function renderPage({ title, body, script }: ProviderPage): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} – local provider</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
<p class="quiet">This is the local provider of this project. It runs on this machine only, asks for no password, and proves
nothing about anybody.</p>
</main>${script === undefined ? "" : new Markup(`\n<script>${script}</script>`)}
</body>
</html>
`.html;
}

function sourceOf(text: string): string {
  return `'sha256-${hash("sha256", text, "base64")}'`;
}
