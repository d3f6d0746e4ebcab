import { hash } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Markup } from "lambda-sessions";
import { html } from "../../runtime/html.ts";

/** What a page is made of. */
export interface PageContent {
  readonly title: string;
  /** What stands in the document's body. */
  readonly body: Markup;
  /** CSS. Inside it, `</` may not occur. */
  readonly style: Asset;
  /** A script that runs when the body is there. Default: none. */
  readonly script?: Asset;
}

/** Text of ours that stands in the page, and what the Content-Security-Policy knows it by. */
export interface Asset {
  readonly text: Markup;
  readonly source: string;
}

/** A text that pages hold as it is. Make it once, when the function starts. */
export function asset(text: Markup): Asset {
  return { text, source: `'sha256-${hash("sha256", text.html, "base64")}'` };
}

/**
 * A response with a page. The browser may load nothing beside it, from anywhere, and runs no other script and applies
 * no other style than those given (Content Security Policy Level 3, hashes); nothing may frame it, and nothing keeps it.
 */
export function htmlPage(content: PageContent, statusCode = 200): APIGatewayProxyStructuredResultV2 {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyOf(content),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
  return { statusCode, headers, body: documentOf(content).html };
}

/** `connect-src` lets the page's own script send the page's own forms. */
function policyOf({ style, script }: PageContent): string {
  return [
    "default-src 'none'",
    `style-src ${style.source}`,
    ...(script ? [`script-src ${script.source}`, "connect-src 'self'"] : []),
    "img-src data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Without the empty icon, browsers ask for `/favicon.ico`. */
function documentOf({ title, body, style, script }: PageContent): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style.text}</style>
</head>
<body>
${body}${script ? html`\n<script>${script.text}</script>` : ""}
</body>
</html>
`;
}
