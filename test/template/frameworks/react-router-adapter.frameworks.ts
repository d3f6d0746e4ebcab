import type { Session } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { createWithSession, type WithSession } from "lambda-sessions/lambda";
import type { AdapterUnderTest, ScriptedResponse } from "lambda-sessions/testing";
import { type MiddlewareArguments, reactRouterSession, reactRouterStorage } from "lambda-sessions/web";
import {
  createContext,
  createRequestHandler,
  createStaticHandler,
  data,
  isRouteErrorResponse,
  redirect,
  UNSAFE_decodeViaTurboStream,
} from "react-router";
import { describe, expect, test } from "vitest";
import { testAdapter } from "../../shared/adapters/web/test-adapter.ts";
import { runScript, toRequest, toResponse, toWireResponse } from "../../shared/adapters/web/web-adapter.ts";

interface Data {
  user: string;
}

/** Arguments of loaders and actions, as the tests use them. */
interface LoaderArguments<D extends object> extends MiddlewareArguments<D> {
  readonly context: MiddlewareArguments<D>["context"] & { get(key: object): Session<D> };
}

/** Status that stands for 500 in the suite, because React Router responds with 500 to an error. */
const FAILURE = 499;

/** Returns a response that React Router takes for no failure: redirects need an address. */
function toAccepted(own: ScriptedResponse): Response {
  const response = toResponse(own.statusCode === 500 ? { ...own, statusCode: FAILURE } : own);
  if ([301, 303, 307].includes(own.statusCode) && !response.headers.has("location"))
    response.headers.set("location", "/next");
  return response;
}

const adapter: AdapterUnderTest = {
  name: "a resource route of React Router",
  start: (withSession, script) => {
    const sessionContext = createContext();
    const answer = async ({ request, context }: LoaderArguments<Record<string, string>>) =>
      toAccepted(await runScript(script, context.get(sessionContext) as never, request));
    const middleware = [reactRouterSession(withSession, sessionContext)];
    const routes = [{ id: "all", path: "*", middleware, loader: answer, action: answer }];
    const { queryRoute } = createStaticHandler(routes);
    return async (wire) => {
      const request = toRequest(wire);
      const generateMiddlewareResponse = (query: (request: Request) => Promise<Response>) => query(request);
      const sent = await queryRoute(request, { generateMiddlewareResponse });
      const response = await toWireResponse(sent, wire.method);
      return response.statusCode === FAILURE ? { ...response, statusCode: 500 } : response;
    };
  },
};

describe(adapter.name, () => {
  testAdapter(adapter);
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<Data>({ sessionInterface, log: () => {} });

/** Returns the response of a framework-mode application, whose loader and action change the session first. */
async function respond(url: string, respond: () => unknown, init: RequestInit = {}): Promise<Response> {
  const sessionContext = createContext();
  const handle = ({ context }: LoaderArguments<Data>) => {
    context.get(sessionContext).set("user", "Ada");
    return respond();
  };
  const root = { middleware: [reactRouterSession(withSession, sessionContext)], default: () => null };
  const page = { loader: handle, action: handle, default: () => null };
  const routes = {
    root: { id: "root", path: "", module: root },
    page: { id: "page", path: "page", parentId: "root", module: page },
  };
  const render = (_request: Request, status: number, headers: Headers) =>
    new Response("<!doctype html>", { status, headers });
  const build = {
    entry: { module: { default: render, handleError: () => {} } },
    routes,
    assets: { version: "1", entry: {}, routes: {}, url: "" },
    // Version 7 has middleware with this flag.
    future: { v8_middleware: true },
    ssr: true,
    prerender: [],
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
  };
  const handler = createRequestHandler(build, "test");
  return handler(new Request(new URL(url, "https://app.example.com"), init));
}

/** Returns the value of a response to a client-side navigation. */
async function decode(response: Response): Promise<unknown> {
  return (await UNSAFE_decodeViaTurboStream(response.body, globalThis)).value;
}

describe("a document of React Router", () => {
  test("a thrown redirect has the session's cookie beside those of the redirect", async () => {
    const response = await respond("/page", () => {
      throw redirect("/next", {
        headers: { "set-cookie": "theme=dark; Expires=Wed, 21 Oct 2037 07:28:00 GMT" },
      });
    });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/next"]);
    const cookies = [
      "theme=dark; Expires=Wed, 21 Oct 2037 07:28:00 GMT",
      expect.stringMatching(/^__Host-session=e/),
    ];
    expect(response.headers.getSetCookie()).toEqual(cookies);
  });

  test("a thrown 404 is rendered by the error boundary, and the session is saved", async () => {
    const response = await respond("/page", () => {
      throw data("no such page", { status: 404 });
    });
    expect([response.status, response.headers.getSetCookie().length]).toEqual([404, 1]);
  });

  test("an error of a loader is rendered by the error boundary, and nothing is saved", async () => {
    const response = await respond("/page", () => {
      throw new Error("broken");
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([500, []]);
    const { headers } = response;
    expect([headers.get("cache-control"), headers.get("vary")]).toEqual(["private, no-cache", "Cookie"]);
  });

  test("a form of another site is refused by the session layer before the action runs", async () => {
    const init = { method: "POST", headers: { "sec-fetch-site": "cross-site" } };
    const response = await respond("/page", () => null, init);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("another site")]);
  });
});

describe("a client-side navigation of React Router", () => {
  test("the loader's data come with the session's cookie", async () => {
    const response = await respond("/page.data", () => "the data");
    expect(await decode(response)).toEqual({ page: { data: "the data" } });
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  test("a redirect keeps the session's cookie, and makes React Router load its data again", async () => {
    const response = await respond(
      "/page.data",
      () => {
        throw redirect("/next");
      },
      { method: "POST" },
    );
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(await decode(response)).toMatchObject({ redirect: "/next", status: 302, revalidate: true });
  });

  test("a session that is too large is a response with 413, which React Router shows as a route error", async () => {
    const large = "x".repeat(5000);
    const sessionContext = createContext();
    const middleware = reactRouterSession(withSession, sessionContext);
    const context = new Map<object, Session<Data>>();
    const request = new Request("https://app.example.com/page.data");
    const response = await middleware({ request, context }, async () => {
      context.get(sessionContext)?.set("user", large);
      return new Response("data");
    });
    // React Router takes a response without its own header as an error of the route.
    expect([response.status, response.headers.get("x-remix-response")]).toEqual([413, null]);
  });
});

/** Returns the Cookie header of a visitor who received this Set-Cookie header. */
function toCookie(setCookie: string): string {
  return setCookie.split(";", 1).join();
}

describe("a storage in the shape of React Router's", () => {
  const storage = reactRouterStorage<Data, { notice: string }>(withSession);

  test("what is committed is read with the next request, and a flashed value is read once", async () => {
    const session = await storage.getSession(null);
    session.set("user", "Ada");
    session.flash("notice", "Welcome");
    expect(session.has("notice")).toBe(true);
    const next = await storage.getSession(toCookie(await storage.commitSession(session)));
    expect([next.get("user"), next.get("notice"), next.get("notice")]).toEqual(["Ada", "Welcome", undefined]);
    const last = await storage.getSession(toCookie(await storage.commitSession(next)));
    expect([last.data, last.has("notice")]).toEqual([{ user: "Ada" }, false]);
  });

  test("unset removes a value, and destroySession deletes the cookie", async () => {
    const session = await storage.getSession();
    session.set("user", "Ada");
    const next = await storage.getSession(toCookie(await storage.commitSession(session)));
    next.unset("user");
    expect(next.has("user")).toBe(false);
    expect(await storage.destroySession(next)).toMatch(/^__Host-session=; Max-Age=0/);
  });

  test("a session that has not changed commits to an empty header, which browsers ignore", async () => {
    const session = await storage.getSession("theme=dark; lonely; =");
    expect([session.id, session.get("user"), await storage.commitSession(session)]).toEqual([
      "",
      undefined,
      "",
    ]);
  });

  test("a change after the commit throws", async () => {
    const session = await storage.getSession();
    await storage.commitSession(session);
    expect(() => session.set("user", "Eve")).toThrow("was saved before");
  });

  test("a session that is too large is thrown as a response that the error boundary shows", async () => {
    const session = await storage.getSession();
    session.set("user", "x".repeat(5000));
    const refusal: Response = await storage.commitSession(session).then(
      () => expect.unreachable(),
      (error: Response) => error,
    );
    expect(refusal.status).toBe(413);
    const { query } = createStaticHandler([
      { id: "page", path: "/", loader: () => Promise.reject(refusal), ErrorBoundary: () => null },
    ]);
    const { errors } = await query(new Request("https://app.example.com/"));
    expect(isRouteErrorResponse(errors.page)).toBe(true);
    expect(errors.page?.data).toContain("nothing was saved");
  });

  test("a session of React Router's own storage rejects, as does the end of one that was committed", async () => {
    const foreign = { id: "", data: {} };
    await expect(storage.commitSession(foreign)).rejects.toThrow("getSession of this storage");
    await expect(storage.destroySession(foreign)).rejects.toThrow("getSession of this storage");
    const session = await storage.getSession();
    await storage.commitSession(session);
    await expect(storage.destroySession(session)).rejects.toThrow("was saved before");
  });

  test("a store that fails is thrown as a response with 503", async () => {
    const failing = ((_handler: never) => async () => ({ statusCode: 503, body: "down" })) as never;
    const refusal = await reactRouterStorage(failing as WithSession<Data>)
      .getSession()
      .catch((error: Response) => error.status);
    expect(refusal).toBe(503);
  });
});
