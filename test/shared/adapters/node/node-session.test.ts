import type { IncomingMessage, ServerResponse } from "node:http";
import { createWithSession, requireFresh, requireUser } from "lambda-sessions/lambda";
import { type NodeSession, nodeSession, type RequestLike } from "lambda-sessions/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { OptionError, type SessionRequest } from "../../../../shared/index.ts";
import { startNode, valuesOf } from "./node-application.ts";
import { serve } from "./node-server.ts";

const keys = ["a secret key of at least 32 bytes, for tests"];
const log = () => {};

type UserSession = NodeSession<{ user: string }>;

/** Session interface that remembers the requests. */
class RememberingInterface extends SecureCookieSessionInterface {
  readonly requests: SessionRequest[] = [];

  override open(request: SessionRequest) {
    this.requests.push(request);
    return super.open(request);
  }
}

/** Returns what the session layer knows of a request, which `change` has made another one before. */
async function seenOf(change: (request: IncomingMessage) => RequestLike | void, path = "/own?a=1?b=2") {
  const sessionInterface = new RememberingInterface({ keys, log });
  const sessions = nodeSession(createWithSession({ sessionInterface, log }));
  const server = await serve((request, response) => {
    sessions(change(request) ?? request, response, () => response.end());
  });
  onTestFinished(server.close);
  await server.send({ path });
  const [{ path: seen, host, address, method } = {} as SessionRequest] = sessionInterface.requests;
  return { path: seen, host, address, method };
}

describe("the request that the session layer sees", () => {
  test("the session layer sees the path, the host and the address of the connection", async () => {
    expect(await seenOf(() => {})).toEqual({
      path: "/own",
      host: "app.example.com",
      address: "127.0.0.1",
      method: "GET",
    });
  });

  test("the session layer sees the path that the client sent where a router of Express has shortened it", async () => {
    const mounted = (request: IncomingMessage) => {
      Object.assign(request, { originalUrl: request.url, url: "/" });
    };
    expect(await seenOf(mounted)).toMatchObject({ path: "/own" });
  });

  test("the session layer sees the address that the framework trusts", async () => {
    const express = (request: IncomingMessage) => Object.assign(request, { ip: "203.0.113.9" });
    const fastify = (raw: IncomingMessage) => ({ raw, ip: "203.0.113.9" });
    for (const framework of [express, fastify])
      expect(await seenOf(framework)).toMatchObject({ path: "/own", address: "203.0.113.9" });
  });

  test("the session layer sees the path of a whole URL", async () => {
    expect(await seenOf(() => {}, "http://other.example/own?a")).toMatchObject({ path: "/own" });
  });
});

describe("the middleware", () => {
  test("a middleware that was added twice opens one session for a request", async () => {
    const sessionInterface = new RememberingInterface({ keys, log });
    const withSession = createWithSession({ sessionInterface, log });
    const sessions = nodeSession(withSession);
    // A part of the application, in a module of its own, has created its middleware itself.
    const sessionsOfPart = nodeSession(withSession);
    const server = await serve((request, response) => {
      sessions(request, response, () => {
        const session = sessions.of(request);
        sessionsOfPart(request, response, () => {
          expect([sessions.of(request), sessionsOfPart.of(request)]).toEqual([session, session]);
          session.set("user", "Ada");
          response.end();
        });
      });
    });
    onTestFinished(server.close);
    expect(valuesOf(await server.send(), "set-cookie")).toHaveLength(1);
    expect(sessionInterface.requests).toHaveLength(1);
  });

  test("the middlewares of two applications give a request a session each and send both cookies", async () => {
    const [one, other] = ["one", "other"].map((name) => {
      const settings = { cookie: { name: `__Host-${name}` } };
      const sessionInterface = new SecureCookieSessionInterface({ keys, log, settings });
      return nodeSession<{ user: string }>(createWithSession({ sessionInterface, log }));
    }) as [UserSession, UserSession];
    const server = await serve((request, response) => {
      one(request, response, () => {
        other(request, response, () => {
          one.of(request).set("user", "Ada");
          other.of(request).set("user", "Eve");
          response.write("both ");
          response.end(`${one.of(request).get("user")} ${other.of(request).get("user")}`);
        });
      });
    });
    onTestFinished(server.close);
    const response = await server.send();
    expect(response.body.toString()).toBe("both Ada Eve");
    const names = valuesOf(response, "set-cookie").map((cookie) => cookie.split("=", 1).join());
    expect(names.sort()).toEqual(["__Host-one", "__Host-other"]);
  });

  test("the next handler gets the error of a session that cannot be opened", async () => {
    const open = () => Promise.reject(new TypeError("broken"));
    const sessions = nodeSession(createWithSession({ sessionInterface: { open, save: open }, log }));
    const server = await serve((request, response) => {
      sessions(request, response, (error) => response.end(`${error}`));
    });
    onTestFinished(server.close);
    expect((await server.send()).body.toString()).toBe("TypeError: broken");
  });

  test("the session is `request.session` too", async () => {
    const server = await startNode((request, response, session) => {
      response.end(`${(request as IncomingMessage & { session: unknown }).session === session}`);
    });
    expect((await server.send()).body.toString()).toBe("true");
  });

  test("a handler that looks for a session before the middleware has run gets an error that names the middleware", () => {
    const sessions = nodeSession(
      createWithSession({ sessionInterface: new RememberingInterface({ keys, log }), log }),
    );
    const request = { headers: {} } as IncomingMessage;
    expect(() => sessions.of(request)).toThrow("use nodeSession before this handler");
    expect(() => sessions.fail(request, new Error("mine"))).not.toThrow();
  });

  test("a head that is sent by the old name of writeHead is held, too", async () => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "Ada");
      (response as ServerResponse & { writeHeader(status: number): void }).writeHeader(202);
      response.end();
    });
    const response = await server.send();
    expect([response.statusCode, valuesOf(response, "set-cookie").length]).toEqual([202, 1]);
  });
});

describe("a guard", () => {
  const guards = { requireUser, requireFresh: (handler: never) => requireFresh(300, handler) };

  test.each(Object.entries(guards))(
    "the guard %s asks a visitor to sign in, and lets a user pass",
    async (_name, guard) => {
      const server = await startNode((request, response, session) => {
        if (request.url === "/user") session.signIn({ id: "u-1", name: "Ada" });
        response.setHeader("vary", "Origin");
        server.sessions.guard(guard as never)(request, response, (error) => response.end(`passed ${error}`));
      });
      const asked = await server.send({ headers: [["accept", "application/json"]] });
      expect([asked.statusCode, JSON.parse(asked.body.toString())]).toMatchObject([401, { status: 401 }]);
      expect(valuesOf(asked, "vary")).toEqual(["Origin, Accept, Sec-Fetch-Mode, Cookie"]);
      expect((await server.send({ path: "/user" })).body.toString()).toBe("passed undefined");
    },
  );

  test("a guard that refuses a form saves the message for the visitor", async () => {
    const server = await startNode((request, response) => {
      server.sessions.guard(requireUser)(request, response, () => response.end());
    });
    const asked = await server.send({ method: "POST", headers: [["sec-fetch-site", "same-origin"]] });
    expect([asked.statusCode, valuesOf(asked, "set-cookie").length]).toEqual([401, 1]);
  });

  test("a guard with a wrong option is an error when the application starts", async () => {
    const server = await startNode((_request, response) => response.end());
    const guard = () =>
      server.sessions.guard((handler) => requireUser(handler, { signIn: "//evil.example" }));
    expect(guard).toThrow(OptionError);
  });

  test("a guard that runs before the middleware passes an error on", async () => {
    const server = await startNode((_request, response) => response.end());
    const errors: unknown[] = [];
    server.sessions.guard(requireUser)({ headers: {} } as never, {} as never, (error) => errors.push(error));
    await expect.poll(() => errors).toMatchObject([{ message: expect.stringContaining("has no session") }]);
  });
});
