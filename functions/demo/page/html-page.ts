import { hash } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { html, type Markup } from "lambda-sessions";

/** Content of a page. */
export interface PageContent {
  readonly title: string;
  /** Content of the document's `body` element. */
  readonly body: Markup;
  /** CSS. It must not contain `</`. */
  readonly style: Asset;
  /** Script that runs when the body has been parsed. Default: none. */
  readonly script?: Asset;
}

/** Style or script of a page, with the hash that the Content-Security-Policy allows it by. */
export interface Asset {
  readonly text: Markup;
  readonly source: string;
}

/** Computes the hash of a style or script. Call it once, when the function starts. */
export function createAsset(text: Markup): Asset {
  return { text, source: `'sha256-${hash("sha256", text.html, "base64")}'` };
}

/**
 * Returns a response with a page. Its Content-Security-Policy forbids other resources, scripts, styles and
 * framing, and allows the given style and script by their hashes. The response is not cached.
 */
export function respondWithPage(content: PageContent, statusCode = 200): APIGatewayProxyStructuredResultV2 {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": writePolicy(content),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
  };
  return { statusCode, headers, body: renderDocument(content).html };
}

/** Returns the Content-Security-Policy. `connect-src` allows the page's script to submit the page's forms. */
function writePolicy({ style, script }: PageContent): string {
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

/** Renders the document. Its empty icon keeps browsers from requesting `/favicon.ico`. */
function renderDocument({ title, body, style, script }: PageContent): Markup {
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
