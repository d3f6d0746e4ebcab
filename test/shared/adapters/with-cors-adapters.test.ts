import {
  EVENT_FORMS,
  LATTICE_FORMS,
  provideAwsLambda,
  STREAMING_FORMS,
  type WireRequest,
} from "lambda-sessions/gateway";
import type { AdapterUnderTest, Script } from "lambda-sessions/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie.ts";
import { withCors } from "../../../shared/cors.ts";
import { createWithSession, type WithSession } from "../../../shared/lambda.ts";
import { latticeAdapter } from "./lattice/lattice-adapter.ts";
import { middyAdapter } from "./middy/middy-adapter.ts";
import { middlewares } from "./middy/middy-engine.ts";
import { nodeAdapter } from "./node/node-adapter.ts";
import { streamingAdapter } from "./streaming/streaming-adapter.ts";
import { webAdapter } from "./web/web-adapter.ts";

const APP = "https://app.example.com";

/** An application's `withSession` that lets the scripts of another origin in, whatever adapter takes it. */
function createOpenWithSession(): WithSession<{ text: string }> {
  const sessionInterface = new SecureCookieSessionInterface({
    keys: ["a secret key of at least 32 bytes, for tests"],
    log: () => {},
  });
  const trustedOrigins = [APP];
  const withSession = createWithSession<{ text: string }>({
    sessionInterface,
    trustedOrigins,
    log: () => {},
  });
  return (handler) => withCors(withSession(handler), { trustedOrigins });
}

provideAwsLambda();

const ADAPTERS = [
  ...EVENT_FORMS.map((form) => middyAdapter(form, middlewares)),
  ...STREAMING_FORMS.map(streamingAdapter),
  ...LATTICE_FORMS.map(latticeAdapter),
  webAdapter,
  nodeAdapter,
];

describe.each(ADAPTERS)("$name, with a withSession that withCors is part of", (adapter: AdapterUnderTest) => {
  async function send(script: Script, method: string, ...headers: WireRequest["headers"]) {
    const application = await adapter.start(createOpenWithSession() as never, script);
    onTestFinished(() => application.close?.());
    const own = [["Host", "api.example.com"], ["Origin", APP], ...headers] as const;
    const request = { method, path: "/", queryString: "", headers: own, body: Buffer.alloc(0) };
    const response = await application(request);
    const headerOf = (name: string) => response.headers.find(([own]) => own.toLowerCase() === name)?.[1];
    return {
      statusCode: response.statusCode,
      readableBy: headerOf("access-control-allow-origin"),
      methods: headerOf("access-control-allow-methods"),
      vary: headerOf("vary"),
    };
  }

  test("a script of a trusted origin may read the handler's response", async () => {
    const answer = await send(() => ({ statusCode: 200, headers: [], cookies: [], body: "own" }), "GET");
    expect(answer).toMatchObject({ statusCode: 200, readableBy: APP, vary: "Origin" });
  });

  test("a script of a trusted origin may read the refusal of a session that is too large", async () => {
    const answer = await send((session) => {
      session.set("text", "x".repeat(8000));
      return { statusCode: 200, headers: [], cookies: [], body: "own" };
    }, "GET");
    expect(answer).toMatchObject({ statusCode: 413, readableBy: APP });
  });

  test("a preflight request is answered before the handler runs", async () => {
    const script = vi.fn();
    const answer = await send(script, "OPTIONS", ["Access-Control-Request-Method", "PUT"]);
    expect(answer).toMatchObject({
      statusCode: 204,
      readableBy: APP,
      methods: "GET,HEAD,POST,PUT,PATCH,DELETE",
    });
    expect(script).not.toHaveBeenCalled();
  });
});
