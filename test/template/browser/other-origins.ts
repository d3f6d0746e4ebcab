import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CookieSettings } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { HttpApi, type HttpApiCors, lambdaIntegration, listenOnLoopback } from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/lambda";
import { lambdaContext } from "lambda-sessions/testing";

/** A server that answers every request with the same page. */
export interface PageServer {
  readonly port: number;
  close(): void;
}

/** Serves an empty page with a title at every address of this machine. */
export async function servePages(): Promise<PageServer> {
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { "content-type": "text/html" })
      .end("<!doctype html><title>Another origin</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** An API on any free port. */
export interface VisitsApi {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves an HTTP API whose one function counts the visits in a session with these attributes of the cookie.
 */
export async function serveVisits(
  cookie: CookieSettings,
  trustedOrigins: readonly string[],
): Promise<VisitsApi> {
  const keys = ["a key of the browser's tests, thirty-two bytes or more"];
  const log = () => {};
  const sessionInterface = new SecureCookieSessionInterface({ keys, settings: { cookie }, log });
  const withSession = createWithSession<{ visits: number }>({
    sessionInterface,
    trustedOrigins,
    log: () => {},
  });
  const handler = withSession((_event, session) => {
    const visits = (session.get("visits") ?? 0) + 1;
    session.set("visits", visits);
    return String(visits);
  });
  const invoke = async (event: string) => ({
    payload: JSON.stringify(await handler(JSON.parse(event), lambdaContext())),
  });
  const integration = lambdaIntegration({ payloadVersion: "2.0", invoke });
  const cors: HttpApiCors = { allowOrigins: trustedOrigins, allowCredentials: true };
  const api = new HttpApi();
  const routeKeys = ["GET /visits", "POST /visits"];
  api.serve(
    routeKeys.map((routeKey) => ({ routeKey, integration })),
    cors,
  );
  return listenOnLoopback(
    0,
    (request, response) => api.handle(request, response),
    () => {},
  );
}
