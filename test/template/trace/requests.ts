import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

/** The storages that are traced. */
export const STORAGES = ["cookie", "server-side"] as const;
export type TracedStorage = (typeof STORAGES)[number];

/** The uses of a session that are traced. */
export const USES = ["read", "change"] as const;
export type Use = (typeof USES)[number];

/** A visitor who sends one request after another, each with the cookie of the previous response. */
export interface Visitor {
  send(use: Use): Promise<void>;
}

/**
 * Returns a visitor of a handler that reads a number and, to change it, increments it.
 *
 * The library is imported here, because it must be loaded after the recorder has started.
 */
export async function visitorOf(storage: TracedStorage): Promise<Visitor> {
  const { createWithSession } = await import("lambda-sessions/lambda");
  const sessionInterface = await sessionInterfaceOf(storage);
  const withSession = createWithSession<{ visits: number }>({ sessionInterface });
  let use: Use = "change";
  const handler = withSession((_event, session) => {
    const visits = session.get("visits") ?? 0;
    if (use === "change") session.set("visits", visits + 1);
    return { visits };
  });
  let cookies: string[] = [];
  let visits = 0;
  return {
    async send(now) {
      use = now;
      const result = await handler(eventWith(cookies), {} as Context);
      if (result.body !== JSON.stringify({ visits })) throw new Error(`the handler returned ${result.body}`);
      if (use === "change") visits++;
      cookies = result.cookies?.map((cookie) => cookie.split(";", 1).join()) ?? cookies;
    },
  };
}

const OPTIONS = { keys: ["a secret key of at least 32 bytes"], log: () => {} };

async function sessionInterfaceOf(storage: TracedStorage) {
  if (storage === "cookie") {
    const { SecureCookieSessionInterface } = await import("lambda-sessions/cookie");
    return new SecureCookieSessionInterface(OPTIONS);
  }
  const { MemoryStore, ServerSideSessionInterface } = await import("lambda-sessions/server-side");
  return new ServerSideSessionInterface({ ...OPTIONS, store: new MemoryStore() });
}

function eventWith(cookies: string[]): APIGatewayProxyEventV2 {
  const requestContext = { http: { method: "GET" } };
  return { version: "2.0", cookies, headers: {}, requestContext } as unknown as APIGatewayProxyEventV2;
}
