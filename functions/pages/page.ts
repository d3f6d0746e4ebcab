import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { html, type Markup } from "lambda-sessions";

/** Look of the pages, light and dark. Change it here: the policy below follows. It must not contain `</`. */
const STYLE = html`:root{color-scheme:light dark;background:canvas;color:canvastext;font:1.1rem/1.6 system-ui,sans-serif}
body{max-width:36rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}
h1{line-height:1.25}input,button{font:inherit;padding:.3rem .7rem;max-width:100%}`;

/** Hash that allows the style. `import` of `node:crypto` would add to each cold start. */
const STYLE_SOURCE = `'sha256-${process.getBuiltinModule("node:crypto").hash("sha256", STYLE.html, "base64")}'`;

/**
 * Returns a response with a page. Its Content Security Policy (Level 3) lets a browser run no script, load
 * nothing, apply the style above alone and show the page in no frame, whatever gets into its markup. For a
 * year after it, browsers use HTTPS alone for this host; over HTTP, as in the local run, they ignore that
 * header (RFC 6797, section 8.1).
 *
 * @param body content of the element `main`
 */
export function page(title: string, body: Markup): APIGatewayProxyStructuredResultV2 {
  const policy = `default-src 'none'; style-src ${STYLE_SOURCE}; img-src data:; form-action 'self'`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policy}; base-uri 'none'; frame-ancestors 'none'`,
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
  };
  const head = html`<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">\n<title>${title}</title>\n<style>${STYLE}</style>`;
  return {
    statusCode: 200,
    headers,
    body: html`<!doctype html>\n<html lang="en">\n${head}\n<main>\n${body}\n</main>\n</html>\n`.html,
  };
}
