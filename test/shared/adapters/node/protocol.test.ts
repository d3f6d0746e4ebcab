import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, constants, createServer } from "node:http2";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { text } from "node:stream/consumers";
import { createWithSession } from "lambda-sessions/lambda";
import { nodeSession } from "lambda-sessions/node";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { startNode, valuesOf } from "./node-application.ts";

describe("HTTP/1.1", () => {
  test("informational responses are sent while the session is still open", async () => {
    const early = Promise.withResolvers<void>();
    const server = await startNode(async (_request, response, session) => {
      session.set("user", "Ada");
      response.writeContinue();
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeProcessing();
      await early.promise;
      session.set("user", "Eve");
      response.end("done");
    });
    const sent = request({ port: server.port, host: "127.0.0.1" }).end();
    const seen: number[] = [];
    sent.on("information", ({ statusCode }) => {
      seen.push(statusCode);
      if (seen.length === 2) early.resolve();
    });
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(await text(response)).toBe("done");
    expect(seen).toEqual(expect.arrayContaining([103, 102]));
    expect(response.headers["set-cookie"]).toHaveLength(1);
    expect(server.errors).toEqual([]);
  });

  test("HEAD has the headers of GET, with the cookie and without the body", async () => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "Ada");
      response.end("hello");
    });
    const response = await server.send({ method: "HEAD" });
    expect(response.body.byteLength).toBe(0);
    expect(valuesOf(response, "set-cookie")).toHaveLength(1);
  });

  test.each([204, 304])("a response with %i has the cookie and no body", async (statusCode) => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "Ada");
      response.statusCode = statusCode;
      response.end("dropped");
    });
    const response = await server.send();
    expect(response.statusCode).toBe(statusCode);
    expect(response.body.byteLength).toBe(0);
    expect(valuesOf(response, "set-cookie")).toHaveLength(1);
  });

  test("pipelined requests on one connection get their own responses in order", async () => {
    const server = await startNode((request, response, session) => {
      session.set("user", request.url ?? "");
      response.write(`${request.url} `);
      response.end(`is ${session.get("user")}`);
    });
    const socket = connectSocket(server.port, "127.0.0.1");
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    socket.end(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`).join(""));
    const answer = await text(socket);
    expect(
      [...answer.matchAll(/(\/\d+) \r\n\w+\r\nis (\/\d+)/g)].map(([, asked, own]) => [asked, own]),
    ).toEqual(paths.map((path) => [path, path]));
    expect(answer.match(/set-cookie: __Host-session=/gi)).toHaveLength(20);
  });

  test("a path, a host and cookies that no client should send are answered", async () => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "Ada");
      response.end("fine");
    });
    for (const path of ["//evil.example/", "/%", "/%00", "*", "http://other.example/a?b?c"]) {
      const response = await server.send({
        path,
        method: "OPTIONS",
        headers: [
          ["host", "\u00ff"],
          ["cookie", "\u00ff=;;"],
        ],
      });
      expect([path, response.body.toString(), server.errors]).toEqual([path, "fine", []]);
    }
  });
});

describe("HTTP/2", () => {
  async function startHttp2() {
    const sessionInterface = new SecureCookieSessionInterface({
      keys: ["a secret key of at least 32 bytes, for tests"],
      log: () => {},
    });
    const sessions = nodeSession<{ visits: number }>(createWithSession({ sessionInterface, log: () => {} }));
    const errors: unknown[] = [];
    const server = createServer((request, response) => {
      sessions(request, response, async (error) => {
        if (error) errors.push(error);
        const session = sessions.of(request);
        if (request.url === "/large") session.set("visits", "a".repeat(5000) as never);
        await session.increment("visits").catch(() => {});
        if (request.url === "/spellings")
          response.writeHead(200, { "content-type": "a", "Content-Type": "b" });
        else response.setHeader("set-cookie", ["own=1"]);
        response.write("visit ");
        response.end(`${session.get("visits")}`);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.close();
      server.close();
    });
    const send = async (headers: Record<string, string>) => {
      const stream = client.request(headers);
      stream.end();
      const [head] = (await once(stream, "response")) as [Record<string, string | string[]>];
      return { head, body: await text(stream) };
    };
    return { send, errors };
  }

  test("over HTTP/2, sessions are kept and cookies are sent apart", async () => {
    const warn = vi.spyOn(process, "emitWarning");
    const { send, errors } = await startHttp2();
    const first = await send({ ":path": "/" });
    const cookies = first.head["set-cookie"] as string[];
    expect(cookies).toHaveLength(2);
    const cookie = cookies[1]?.split(";")[0] ?? "";
    expect((await send({ ":path": "/", cookie })).body).toBe("visit 2");
    expect(errors).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("over HTTP/2, a form of the own origin passes, because the host is in :authority", async () => {
    const { send } = await startHttp2();
    const own = {
      ":method": "POST",
      ":path": "/",
      ":authority": "app.example",
      origin: "https://app.example",
    };
    expect((await send(own)).head[constants.HTTP2_HEADER_STATUS]).toBe(200);
    const other = { ...own, origin: "https://evil.example" };
    expect((await send(other)).head[constants.HTTP2_HEADER_STATUS]).toBe(403);
  });

  test("over HTTP/2, the last of two spellings of a name replaces the first, because only one may be sent", async () => {
    const { send, errors } = await startHttp2();
    const { head } = await send({ ":path": "/spellings" });
    expect([head[constants.HTTP2_HEADER_STATUS], head["content-type"], errors]).toEqual([200, "b", []]);
  });

  test("over HTTP/2, a refusal replaces the response", async () => {
    const { send } = await startHttp2();
    const { head, body } = await send({ ":path": "/large" });
    expect(head[constants.HTTP2_HEADER_STATUS]).toBe(413);
    expect(head["set-cookie"]).toBeUndefined();
    expect(body).toMatch(/^This would be more/);
  });
});
