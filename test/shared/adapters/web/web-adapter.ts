import type { WireRequest, WireResponse } from "lambda-sessions/gateway";
import type { AdapterUnderTest, Script, ScriptedResponse } from "lambda-sessions/testing";
import { webSession } from "lambda-sessions/web";

/** `webSession` on plain requests and responses, as an adapter under test. */
export const webAdapter: AdapterUnderTest = {
  name: "webSession",
  start: (withSession, script) => {
    const handler = webSession(withSession)(async (request, session) =>
      toResponse(await runScript(script, session, request)),
    );
    return async (request) => toWireResponse(await handler(toRequest(request)), request.method);
  },
};

/** Calls a script with a request. */
export async function runScript(
  script: Script,
  session: Parameters<Script>[0],
  request: Request,
): Promise<ScriptedResponse> {
  return script(session, { method: request.method, body: Buffer.from(await request.arrayBuffer()) });
}

/** Returns a response as a handler of the Fetch Standard builds it. */
export function toResponse({ statusCode, headers, cookies, body }: ScriptedResponse): Response {
  const bytes = body.length === 0 ? null : Uint8Array.from(Buffer.from(body));
  const response = new Response(bytes, { status: statusCode });
  for (const [name, value] of headers) response.headers.set(name, value);
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

/** Returns a request as a server passes it to a handler. */
export function toRequest({ method, path, queryString, headers, body }: WireRequest): Request {
  const url = `https://app.example.com${path}${queryString && `?${queryString}`}`;
  const own = new Headers();
  for (const [name, value] of headers) own.append(name, value);
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(url, { method, headers: own, ...(hasBody && { body: Uint8Array.from(body) }) });
}

/** Returns a response as a server sends it: without a body to a HEAD request. */
export async function toWireResponse(response: Response, method = "GET"): Promise<WireResponse> {
  const body = method === "HEAD" ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer());
  return { statusCode: response.status, headers: [...response.headers], body };
}
