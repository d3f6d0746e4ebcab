import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { html } from "lambda-sessions";
import type { HttpResult, LambdaHandler } from "lambda-sessions/lambda";
import { createAsset, respondWithPage } from "../page/html-page.ts";

type PageHandler = LambdaHandler<APIGatewayProxyEventV2>;

/**
 * Replaces plain-text errors of the handler or the session layer by a page with a link back, for browsers.
 * Other clients receive the plain text.
 */
export function withErrorPage(handler: PageHandler): PageHandler {
  return async (event, context) => {
    const result = await handler(event, context);
    return isSentence(result) && acceptsPage(event) ? renderErrorPage(result) : result;
  };
}

function isSentence({ statusCode = 200, headers }: HttpResult): boolean {
  return statusCode >= 400 && `${headers?.["content-type"]}`.startsWith("text/plain");
}

function acceptsPage({ headers }: APIGatewayProxyEventV2): boolean {
  return headers.accept?.includes("text/html") ?? false;
}

/** Renders the error page. Keeps the response's cookies and headers such as Retry-After. */
function renderErrorPage({ statusCode = 500, body = "", ...result }: HttpResult): HttpResult {
  const sentence = body.trim();
  const made = respondWithPage(
    { title: sentence, style, body: renderErrorBody(statusCode, sentence) },
    statusCode,
  );
  return { ...result, ...made, headers: { ...result.headers, ...made.headers } };
}

function renderErrorBody(statusCode: number, sentence: string) {
  return html`<main>
<p>Error ${statusCode}</p>
<h1>${sentence}</h1>
<p><a href="/demo">Back to the page</a></p>
</main>`;
}

const style =
  createAsset(html`:root{color-scheme:light dark;background:light-dark(#f6f5f2,#16181d);color:light-dark(#1d2026,#e8e6e1)}
body{font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:16vh auto;padding:0 1.25rem;overflow-wrap:break-word}
h1{font-size:1.9rem;line-height:1.25;margin:0}
a{color:light-dark(#1a56b0,#8ab4ff)}`);
