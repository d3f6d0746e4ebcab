import { Readable } from "node:stream";
import type { EventForm } from "lambda-sessions/gateway";
import type { HttpEvent } from "lambda-sessions/lambda";
import { streamSession } from "lambda-sessions/streaming";
import type { AdapterUnderTest, ScriptedResponse } from "lambda-sessions/testing";

/** Returns `streamSession` as an adapter under test. Bodies are streams of small chunks. */
export function streamingAdapter(form: EventForm): AdapterUnderTest {
  return {
    name: `streamSession, ${form.name}`,
    start: (withSession, script) => {
      const handler = streamSession<Record<string, unknown>, HttpEvent>(
        withSession,
        async (event, session) => {
          const version1 = "httpMethod" in event;
          const method = version1 ? event.httpMethod : event.requestContext.http.method;
          const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
          return toResult(await script(session, { method, body }), version1);
        },
      );
      return (request) => form.invoke(handler as never, request);
    },
  };
}

function toResult({ statusCode, headers, cookies, body }: ScriptedResponse, version1: boolean) {
  const own = { statusCode, headers: Object.fromEntries(headers), body: Readable.from(chunksOf(body)) };
  return version1
    ? { ...own, multiValueHeaders: { "set-cookie": [...cookies] } }
    : { ...own, cookies: [...cookies] };
}

function* chunksOf(body: string | Buffer): Generator<Buffer> {
  const bytes = Buffer.from(body);
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7);
}
