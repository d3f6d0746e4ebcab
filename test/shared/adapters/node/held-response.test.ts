import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { type Handle, startNode, valuesOf } from "./node-application.ts";

/** Changes the session, so that the response has a cookie. */
function change(session: Parameters<Handle>[2]): void {
  session.set("user", "Ada");
}

describe("a response is held until the session is saved", () => {
  test("two writes and an end arrive in their order after the save, with the cookie", async () => {
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        response.write("one ");
        response.write(Buffer.from("two "));
        response.end("three");
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    server.sessionInterface.finish();
    const response = await sent;
    expect(response.body.toString()).toBe("one two three");
    expect(valuesOf(response, "set-cookie")).toHaveLength(1);
    expect(server.sessionInterface.saves).toBe(1);
  });

  test("no byte is sent while the session is being saved", async () => {
    let head: IncomingMessage | undefined;
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        response.write("early");
        response.flushHeaders();
        response.end();
      },
      { slow: true },
    );
    const sent = request({ port: server.port, host: "127.0.0.1" }).end();
    sent.on("response", (response) => {
      head = response;
    });
    await server.sessionInterface.begun.promise;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(head).toBeUndefined();
    server.sessionInterface.finish();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect((await buffer(response)).toString()).toBe("early");
  });

  test("a response of one end has its Content-Length", async () => {
    const server = await startNode((_request, response, session) => {
      change(session);
      response.end("héllo");
    });
    const response = await server.send();
    expect(valuesOf(response, "content-length")).toEqual(["6"]);
    expect(response.body.toString()).toBe("héllo");
  });

  test("callbacks of write and of end are called after the save", async () => {
    const events: string[] = [];
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        response.write("a", () => events.push("write"));
        response.write("b", "latin1", () => events.push("write in latin1"));
        response.on("finish", () => events.push("finish"));
        response.end(() => events.push("end"));
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    expect(events).toEqual([]);
    server.sessionInterface.finish();
    await sent;
    expect(events.sort()).toEqual(["end", "finish", "write", "write in latin1"]);
  });

  test("a piped stream waits for the save and arrives whole", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    let made = 0;
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        const source = Readable.from(
          (function* () {
            for (; made < 200; made += 1) yield chunk;
          })(),
        );
        source.pipe(response);
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(made).toBeLessThan(40);
    server.sessionInterface.finish();
    expect((await sent).body.byteLength).toBe(200 * chunk.byteLength);
  });

  test("a stream that is piped after the head was flushed arrives whole", async () => {
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        response.flushHeaders();
        response.write("head ");
        Readable.from(["a", "b", "c"]).pipe(response);
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    server.sessionInterface.finish();
    expect((await sent).body.toString()).toBe("head abc");
  });

  test("to its handler the held response has been sent", async () => {
    const seen: unknown[] = [];
    const server = await startNode((_request, response, session) => {
      change(session);
      seen.push(
        response.headersSent,
        response.writableEnded,
        response.write("a"),
        response.writableNeedDrain,
      );
      seen.push(response.headersSent, response.writableEnded);
      response.end();
      seen.push(response.writableEnded);
    });
    await server.send();
    expect(seen).toEqual([false, false, false, true, true, false, true]);
  });

  test.each<[string, (response: Parameters<Handle>[1]) => unknown]>([
    ["setHeader", (response) => response.setHeader("x-late", "1")],
    ["setHeaders", (response) => response.setHeaders(new Map([["x-late", "1"]]))],
    ["appendHeader", (response) => response.appendHeader("x-late", "1")],
    ["removeHeader", (response) => response.removeHeader("x-early")],
    ["writeHead", (response) => response.writeHead(201, { "x-late": "1" })],
  ])("%s throws ERR_HTTP_HEADERS_SENT while the session is being saved", async (_name, call) => {
    let code: unknown;
    const server = await startNode((_request, response, session) => {
      change(session);
      response.setHeader("x-early", "1");
      response.write("a");
      try {
        call(response);
      } catch (error) {
        ({ code } = error as { code: unknown });
      }
      response.end();
    });
    const response = await server.send();
    expect(code).toBe("ERR_HTTP_HEADERS_SENT");
    expect(valuesOf(response, "x-early")).toEqual(["1"]);
    expect(valuesOf(response, "x-late")).toEqual([]);
  });

  test("a status that is changed after the first write is not sent", async () => {
    const server = await startNode((_request, response, session) => {
      change(session);
      response.statusCode = 201;
      response.write("a");
      response.statusCode = 500;
      response.end();
    });
    expect((await server.send()).statusCode).toBe(201);
  });

  test("a change of the session after the first byte throws", async () => {
    const server = await startNode(async (_request, response, session) => {
      change(session);
      response.write("a");
      await new Promise((resolve) => response.once("drain", resolve));
      expect(() => session.set("user", "Eve")).toThrow("the session was saved before this change");
      response.end("b");
    });
    expect((await server.send()).body.toString()).toBe("ab");
    expect(server.errors).toEqual([]);
  });
});

describe("headers of writeHead", () => {
  test.each<[string, unknown]>([
    ["an object", { "x-own": "1", "Set-Cookie": ["a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "b=2"] }],
    [
      "a flat array",
      ["x-own", "1", "Set-Cookie", "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "set-cookie", "b=2"],
    ],
    [
      "pairs",
      [
        ["x-own", "1"],
        ["Set-Cookie", "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT"],
        ["Set-Cookie", "b=2"],
      ],
    ],
  ])("%s of headers is sent with the session's cookie after the handler's", async (_name, headers) => {
    const server = await startNode((_request, response, session) => {
      change(session);
      response.setHeader("x-own", "0");
      response.setHeader("vary", ["Accept", "Origin"]);
      response.writeHead(202, "Fine", headers as never).end("body");
    });
    const response = await server.send();
    expect(response.statusCode).toBe(202);
    expect(valuesOf(response, "x-own")).toEqual(["1"]);
    expect(valuesOf(response, "vary")).toEqual(["Accept, Origin, Cookie"]);
    const cookies = valuesOf(response, "set-cookie");
    expect(cookies.slice(0, 2)).toEqual(["a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "b=2"]);
    expect(cookies[2]).toMatch(/^__Host-session=/);
  });

  test.each([
    ["the last of two spellings of a name replaces the first, once other headers were set", ["x"], ["b"]],
    ["both spellings of a name are sent if no other header was set", [], ["a", "b"]],
  ])("as in Node, %s", async (_name, others, sent) => {
    const server = await startNode((_request, response) => {
      for (const name of others) response.setHeader(name, "1");
      response.writeHead(200, { "content-type": "a", "Content-Type": "b" }).end();
    });
    expect(valuesOf(await server.send(), "content-type")).toEqual(sent);
  });

  test("an array of cookies that handlers share never receives a visitor's cookie", async () => {
    const cookies = ["theme=dark", "size=2"];
    const server = await startNode((_request, response, session) => {
      change(session);
      response.setHeader("Set-Cookie", cookies).end();
    });
    await server.send();
    expect(cookies).toEqual(["theme=dark", "size=2"]);
    expect(valuesOf(await server.send(), "set-cookie")).toHaveLength(3);
  });

  test.each<[string, (response: Parameters<Handle>[1]) => unknown, string]>([
    ["a status", (response) => response.writeHead(42), "ERR_HTTP_INVALID_STATUS_CODE"],
    ["a reason phrase", (response) => response.writeHead(200, "a\nb"), "ERR_INVALID_CHAR"],
    ["a header", (response) => response.writeHead(200, { "x-a": "a\nb" }), "ERR_INVALID_CHAR"],
    ["an array of headers", (response) => response.writeHead(200, ["x-a"]), "ERR_HTTP_INVALID_HEADER_VALUE"],
    ["a chunk", (response) => response.write({} as never), "ERR_INVALID_ARG_TYPE"],
    ["a last chunk", (response) => response.end(1 as never), "ERR_INVALID_ARG_TYPE"],
  ])("%s that Node refuses throws at once, and nothing is saved", async (_name, call, code) => {
    const server = await startNode((_request, response, session) => {
      change(session);
      call(response);
    });
    const response = await server.send();
    expect(server.errors).toMatchObject([{ code }]);
    expect(response.statusCode).toBe(500);
    expect(valuesOf(response, "set-cookie")).toEqual([]);
    expect(server.sessionInterface.saves).toBe(0);
  });
});
