import type { EventForm } from "lambda-sessions/gateway";
import type { HttpEvent } from "lambda-sessions/lambda";
import type { AdapterUnderTest, Script, ScriptedResponse } from "lambda-sessions/testing";
import type { Session } from "../../../shared/index.ts";

/** Returns withSession itself as an adapter, called in an event form of API Gateway or of a load balancer. */
export function bareAdapter(form: EventForm): AdapterUnderTest {
  return {
    name: `withSession, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const handler = withSession<HttpEvent>((event, session) => runScript(script, event, session));
      return (request) => form.invoke(handler, request);
    },
  };
}

/** Returns the result of a script as a handler for this event writes it. */
export async function runScript(script: Script, event: HttpEvent, session: Session) {
  return toResult(event, await script(session, { method: methodOf(event), body: bodyOf(event) }));
}

function methodOf(event: HttpEvent): string {
  return "httpMethod" in event ? event.httpMethod : event.requestContext.http.method;
}

function bodyOf({ body, isBase64Encoded }: HttpEvent): Buffer {
  return Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
}

function toResult(event: HttpEvent, { statusCode, headers, cookies, body }: ScriptedResponse) {
  const own = { statusCode, headers: Object.fromEntries(headers), ...toBody(body) };
  if (!("httpMethod" in event)) return { ...own, cookies: [...cookies] };
  const [first] = cookies;
  if (!event.multiValueHeaders && first) return { ...own, headers: { ...own.headers, "Set-Cookie": first } };
  return cookies.length === 0 ? own : { ...own, multiValueHeaders: { "Set-Cookie": [...cookies] } };
}

function toBody(body: string | Buffer) {
  if (typeof body === "string") return { body };
  return { body: body.toString("base64"), isBase64Encoded: true };
}
