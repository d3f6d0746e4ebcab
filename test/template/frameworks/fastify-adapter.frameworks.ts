import { createReadStream } from "node:fs";
import type { AddressInfo } from "node:net";
import cors from "@fastify/cors";
import middie from "@fastify/middie";
import untypedFastify from "fastify";
import { SessionUnavailableError } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import type { WireResponse } from "lambda-sessions/gateway";
import { createWithSession, requireUser } from "lambda-sessions/lambda";
import { type NodeSession, nodeSession } from "lambda-sessions/node";
import type { AdapterUnderTest, ScriptedResponse } from "lambda-sessions/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { sendTo } from "../../shared/adapters/node/node-server.ts";
import { testAdapter } from "../../shared/adapters/web/test-adapter.ts";

// biome-ignore lint/suspicious/noExplicitAny: Fastify has types of its own, which are not installed
type App = any;

const fastify = untypedFastify as (options?: object) => App;

type Request = Parameters<NodeSession<object>["of"]>[0] & { readonly method: string; readonly body: unknown };

/** The parts of Fastify's reply that the tests use. */
interface Reply {
  readonly raw: import("node:http").ServerResponse;
  code(statusCode: number): Reply;
  header(name: string, value: string): Reply;
  hijack(): Reply;
  redirect(path: string): Reply;
  send(body?: unknown): Reply;
}

/** Ways in which a handler of Fastify responds. */
const STYLES: Readonly<Record<string, (reply: Reply, own: ScriptedResponse) => unknown>> = {
  "reply.send": (reply, own) => {
    const { statusCode, headers, cookies, body } = own;
    // Fastify removes the type of such a response.
    if (statusCode === 204) return STYLES["reply.hijack"]?.(reply, own);
    for (const [name, value] of headers) reply.header(name, value);
    for (const cookie of cookies) reply.header("set-cookie", cookie);
    return reply.code(statusCode).send(body);
  },
  "reply.hijack": (reply, { statusCode, headers, cookies, body }) => {
    const lines = [...headers, ...cookies.map((cookie) => ["set-cookie", cookie])];
    reply.hijack();
    reply.raw.writeHead(statusCode, lines.flat() as never);
    reply.raw.end(body);
  },
};

/** Ways in which the session's middleware is added. */
const PLACES: Readonly<Record<string, (app: App, sessions: NodeSession<never>) => unknown>> = {
  "an onRequest hook": (app, sessions) => app.addHook("onRequest", sessions),
  middie: async (app, sessions) => {
    await app.register(middie);
    app.use(sessions);
  },
};

async function start(app: App) {
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port;
}

function failWith(app: App, sessions: NodeSession<never>): void {
  app.addHook("onError", (request: Request, _reply: Reply, error: Error, done: () => void) => {
    sessions.fail(request, error);
    done();
  });
}

function fastifyAdapter(style: string, place: string): AdapterUnderTest {
  return {
    name: `Fastify with ${place} responds with ${style}`,
    start: async (withSession, script) => {
      const sessions = nodeSession(withSession as never) as NodeSession<never>;
      const app = fastify({ bodyLimit: 10_000_000 });
      await PLACES[place]?.(app, sessions);
      failWith(app, sessions);
      app.removeAllContentTypeParsers();
      const parse = (_request: Request, body: Buffer, done: (error: null, body: Buffer) => void) =>
        done(null, body);
      app.addContentTypeParser("*", { parseAs: "buffer" }, parse);
      app.all("/*", async (request: Request, reply: Reply) => {
        const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
        const own = await script(sessions.of(request) as never, { method: request.method, body });
        return STYLES[style]?.(reply, own);
      });
      const port = await start(app);
      return Object.assign((wire: object) => sendTo(port, wire), { close: () => app.close() });
    },
  };
}

/** Fastify adds a charset to every type of JSON that has none. */
const CHARSET = "the handler's own status and headers are sent whether the session is used or not";

const ADAPTERS = Object.keys(PLACES).flatMap((place) =>
  Object.keys(STYLES).map((style) => [fastifyAdapter(style, place), style] as const),
);

describe.each(ADAPTERS)("$0.name", (adapter, style) => {
  testAdapter(adapter, style === "reply.send" ? [CHARSET] : []);
});

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const sessions = nodeSession(createWithSession<{ visits: number }>({ sessionInterface, log: () => {} }));

/** Returns the response of one handler behind CORS, which changes the session first. */
async function respond(handle: (request: Request, reply: Reply) => unknown, method = "GET") {
  const app = fastify();
  await app.register(cors, { origin: "https://spa.example", credentials: true });
  app.addHook("onRequest", sessions);
  failWith(app, sessions as never);
  app.all("/", async (request: Request, reply: Reply) => {
    await sessions.of(request).increment("visits");
    return handle(request, reply);
  });
  const port = await start(app);
  onTestFinished(() => app.close());
  const response = await sendTo(port, { method, headers: [["origin", "https://spa.example"]] });
  const cookies = valuesOf(response, "set-cookie").map((cookie) => cookie.split("=", 1).join());
  return { response, cookies, readable: valuesOf(response, "access-control-allow-origin").join() };
}

function valuesOf({ headers }: WireResponse, name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

const SESSION = "__Host-session";
const READABLE = "https://spa.example";

describe("a handler of Fastify", () => {
  test("a handler of Fastify sends a stream with the session's cookie", async () => {
    const { response, cookies } = await respond((_request, reply) =>
      reply.send(createReadStream(import.meta.filename)),
    );
    expect(`${response.body}`).toContain("This sentence is in the file.");
    expect(cookies).toEqual([SESSION]);
  });

  test("a handler of Fastify returns a Response of the web with its own cookies and the session's", async () => {
    const headers: [string, string][] = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ];
    const { response, cookies } = await respond(() => new Response("web", { headers }));
    expect([`${response.body}`, cookies]).toEqual(["web", ["a", "b", SESSION]]);
  });

  test("a handler of Fastify redirects with the session's cookie", async () => {
    const { response, cookies } = await respond((_request, reply) => reply.redirect("/next"));
    expect([response.statusCode, cookies]).toEqual([302, [SESSION]]);
  });

  test("a handler of Fastify saves nothing when it throws, and the response can be read by another origin", async () => {
    const { response, cookies, readable } = await respond(() => {
      throw new RangeError("mine");
    });
    expect([response.statusCode, cookies, readable]).toEqual([500, [], READABLE]);
    expect(JSON.parse(`${response.body}`)).toMatchObject({ message: "mine" });
  });

  test("an error of the session layer in Fastify is answered with 503, which another origin can read", async () => {
    const { response, readable } = await respond(() => Promise.reject(new SessionUnavailableError("down")));
    expect([response.statusCode, valuesOf(response, "retry-after"), readable]).toEqual([
      503,
      ["1"],
      READABLE,
    ]);
  });

  test("a session that is too large is answered with 413 in Fastify, which another origin can read", async () => {
    const { response, cookies, readable } = await respond((request, reply) => {
      sessions.of(request).set("visits", "x".repeat(5000) as never);
      return reply.header("set-cookie", "own=1").send({ secret: true });
    });
    expect([response.statusCode, cookies, readable]).toEqual([413, [], READABLE]);
  });

  test("a session that cannot be saved is answered with 500 in Fastify, without what the handler has sent", async () => {
    const { response, cookies } = await respond((request, reply) => {
      const visits: unknown[] = [];
      sessions.of(request).set("visits", visits as never);
      visits.push(() => {});
      return reply.header("x-own", "1").send("saved!");
    });
    expect([response.statusCode, cookies, valuesOf(response, "x-own")]).toEqual([500, [], []]);
    expect(`${response.body}`).toMatch(/cannot be stored/);
    expect(valuesOf(response, "cache-control")).toEqual(["private, no-cache"]);
  });

  test("a form of another site does not reach a handler of Fastify, and the refusal can be read by another origin", async () => {
    const { response, readable } = await respond(() => "not reached", "POST");
    expect([response.statusCode, readable]).toEqual([403, READABLE]);
  });

  test("a handler of Fastify is not reached behind a guard in a hook", async () => {
    const app = fastify();
    app.addHook("onRequest", sessions);
    app.get("/", { preHandler: sessions.guard(requireUser) }, async () => "not reached");
    const port = await start(app);
    onTestFinished(() => app.close());
    expect((await sendTo(port)).statusCode).toBe(303);
  });
});
