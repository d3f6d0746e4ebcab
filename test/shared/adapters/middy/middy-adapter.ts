import type { EventForm } from "lambda-sessions/gateway";
import type { HttpEvent } from "lambda-sessions/lambda";
import { middySession } from "lambda-sessions/middy";
import type { AdapterUnderTest } from "lambda-sessions/testing";
import type { Session } from "../../../../shared/index.ts";
import { runScript } from "../bare-adapter.ts";
import type { Middlewares } from "./middy-engine.ts";

/** Returns the middleware as an adapter, in a Middy that `create` returns. */
export function middyAdapter(form: EventForm, create: () => Middlewares): AdapterUnderTest {
  return {
    name: `Middy, ${form.name}`,
    repeatedHeaders: form.repeatedHeaders,
    start: (withSession, script) => {
      const handler = create()
        .use(middySession(withSession))
        .handler((event: HttpEvent, { session }: { session: Session }) => runScript(script, event, session));
      return (request) => form.invoke(handler, request);
    },
  };
}
