import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { SessionConflictError, SessionUnavailableError } from "../../../../shared/index.ts";
import { type Handle, startNode, valuesOf } from "./node-application.ts";

function change(session: Parameters<Handle>[2]): void {
  session.set("user", "Ada");
}

describe("a refusal", () => {
  test("the refusal of a session that is too large replaces the response, its headers and what was written", async () => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "a".repeat(5000));
      response.statusMessage = "Fine";
      response.setHeader("content-type", "text/html");
      response.setHeader("set-cookie", "own=1");
      response.setHeader("x-own", "1");
      response.write("<p>secret");
      response.end("</p>");
    });
    const response = await server.send();
    expect(response.statusCode).toBe(413);
    expect(response.body.toString()).toMatch(/^This would be more than your session can hold/);
    expect(valuesOf(response, "content-type")).toEqual(["text/plain; charset=utf-8"]);
    expect(valuesOf(response, "set-cookie")).toEqual([]);
    expect(valuesOf(response, "x-own")).toEqual([]);
    expect(valuesOf(response, "content-length")).toEqual([`${response.body.byteLength}`]);
    expect(server.errors).toEqual([]);
  });

  test("a refusal calls the callbacks of a handler that is still writing, and drops what it writes", async () => {
    const done = Promise.withResolvers<void>();
    const server = await startNode(async (_request, response, session) => {
      session.set("user", "a".repeat(5000));
      await new Promise((resolve) => response.write("first", resolve));
      await new Promise((resolve) => response.write("second", resolve));
      response.flushHeaders();
      response.end("third", done.resolve);
    });
    const response = await server.send();
    await done.promise;
    expect(response.statusCode).toBe(413);
    expect(response.body.toString()).not.toMatch(/first|second|third/);
    expect(server.errors).toEqual([]);
  });

  test("a refusal stops a stream that is piped into the response", async () => {
    let made = 0;
    const server = await startNode((_request, response, session) => {
      session.set("user", "a".repeat(5000));
      Readable.from(
        (function* () {
          for (; ; made += 1) yield Buffer.alloc(65_536);
        })(),
      ).pipe(response);
    });
    expect((await server.send()).statusCode).toBe(413);
    const before = made;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(made).toBe(before);
  });

  test("a refusal stops the endless generator of a pipeline, which fills a response that nobody receives", async () => {
    let made = 0;
    async function* ticks() {
      for (; ; made += 1) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        yield "tick";
      }
    }
    const server = await startNode((_request, response, session) => {
      session.set("user", "a".repeat(5000));
      void pipeline(ticks, response);
    });
    expect((await server.send()).statusCode).toBe(413);
    const before = made;
    for (let turn = 0; turn < 20; turn += 1)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    expect(made - before).toBeLessThan(3);
  });

  test("a refusal is problem details for a client that prefers JSON", async () => {
    const server = await startNode((_request, response, session) => {
      session.set("user", "a".repeat(5000));
      response.end();
    });
    const response = await server.send({ headers: [["accept", "application/json"]] });
    expect(JSON.parse(response.body.toString())).toMatchObject({ status: 413 });
  });

  test("a request of another site is refused before the handler runs", async () => {
    let calls = 0;
    const server = await startNode((_request, response) => {
      calls += 1;
      response.end();
    });
    const response = await server.send({ method: "POST", headers: [["sec-fetch-site", "cross-site"]] });
    expect(response.statusCode).toBe(403);
    expect(calls).toBe(0);
  });

  test("a refusal keeps headers that were set before the session was opened, and adds its Vary to theirs", async () => {
    const server = await startNode(
      (_request, response, session) => {
        session.set("user", "a".repeat(5000));
        response.setHeader("access-control-allow-origin", "https://other.example");
        response.end();
      },
      {
        first: (response) => {
          response.setHeader("vary", "Origin");
          response.setHeader("access-control-allow-origin", "https://app.example");
          response.setHeader("set-cookie", ["first=1", "second=2"]);
        },
      },
    );
    const cross = { method: "POST", headers: [["sec-fetch-site", "cross-site"]] } as const;
    for (const [request, status] of [
      [{}, 413],
      [cross, 403],
    ] as const) {
      const response = await server.send(request);
      expect(response.statusCode).toBe(status);
      expect(valuesOf(response, "vary")).toEqual(["Origin, Accept"]);
      expect(valuesOf(response, "access-control-allow-origin")).toEqual(["https://app.example"]);
      expect(valuesOf(response, "set-cookie")).toEqual(["first=1", "second=2"]);
    }
  });

  test.each<[number, () => Error]>([
    [503, () => new SessionUnavailableError("the table is down")],
    [409, () => new SessionConflictError("ended", { vary: true, setCookie: "__Host-session=; Max-Age=0" })],
  ])(
    "a refusal with %i answers an error of the session layer that the handler has thrown",
    async (statusCode, create) => {
      const server = await startNode((_request, response, session) => {
        change(session);
        response.setHeader("x-own", "1");
        throw create();
      });
      const response = await server.send();
      expect(response.statusCode).toBe(statusCode);
      expect(valuesOf(response, "x-own")).toEqual([]);
      expect(valuesOf(response, "set-cookie")).toHaveLength(statusCode === 409 ? 1 : 0);
    },
  );
});

describe("a handler that fails", () => {
  test("a handler that fails before the first byte saves nothing, and the framework answers", async () => {
    const server = await startNode((_request, _response, session) => {
      change(session);
      throw new RangeError("mine");
    });
    const response = await server.send();
    expect(response.statusCode).toBe(500);
    expect(response.body.toString()).toBe("failed");
    expect(valuesOf(response, "set-cookie")).toEqual([]);
    expect(valuesOf(response, "cache-control")).toEqual(["private, no-cache"]);
    expect(valuesOf(response, "vary")).toEqual(["Cookie"]);
    expect(server.errors).toEqual([new RangeError("mine")]);
    expect(server.sessionInterface.saves).toBe(0);
  });

  test("a handler that changes the session after it has failed gets an error, because nothing is saved any more", async () => {
    const server = await startNode(async (request, response, session) => {
      server.sessions.fail(request, new RangeError("mine"));
      await Promise.resolve();
      await Promise.resolve();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      expect(() => change(session)).toThrow("the session was saved before this change");
      response.end("answered");
    });
    expect((await server.send()).body.toString()).toBe("answered");
    expect(server.errors).toEqual([]);
  });

  test("a handler that fails after it has written has its session saved, and the connection ends", async () => {
    const server = await startNode((_request, response, session) => {
      change(session);
      response.write("part");
      throw new RangeError("mine");
    });
    await expect(server.send()).rejects.toThrow();
    expect(server.sessionInterface.saves).toBe(1);
    expect(server.errors).toEqual([new RangeError("mine")]);
  });

  test("a change that the handler did not await fails the request as if it had awaited it", async () => {
    const server = await startNode((_request, response, session) => {
      void session.update("user", () => {
        throw new RangeError("mine");
      });
      response.setHeader("x-own", "1");
      response.write("part");
      response.end();
    });
    const response = await server.send();
    expect(server.errors).toEqual([new RangeError("mine")]);
    expect(response.statusCode).toBe(500);
    expect(response.body.toString()).toBe("failed");
    expect(valuesOf(response, "x-own")).toEqual([]);
  });
});

describe("a save that fails", () => {
  test("an error of saving is passed on, and the response of the error handler is sent instead", async () => {
    const server = await startNode(
      (_request, response, session) => {
        change(session);
        response.setHeader("set-cookie", "own=1");
        response.writeHead(200, "Fine").end("saved!");
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    server.sessionInterface.fail(new TypeError("broken"));
    const response = await sent;
    expect(response.statusCode).toBe(500);
    expect(response.body.toString()).toBe("failed");
    expect(valuesOf(response, "set-cookie")).toEqual([]);
    expect(valuesOf(response, "cache-control")).toEqual(["private, no-cache"]);
    expect(valuesOf(response, "vary")).toEqual(["Cookie"]);
    expect(server.errors).toEqual([new TypeError("broken")]);
  });

  test("an error of saving does not end the process when the handler goes on writing", async () => {
    const wrote = Promise.withResolvers<void>();
    const server = await startNode(
      async (_request, response, session) => {
        change(session);
        response.write("a");
        await once(response, "finish");
        response.write("b");
        response.end("c", wrote.resolve);
      },
      { slow: true },
    );
    const sent = server.send();
    await server.sessionInterface.begun.promise;
    server.sessionInterface.fail(new TypeError("broken"));
    expect((await sent).body.toString()).toBe("failed");
    await wrote.promise;
  });
});

describe("a client that goes away", () => {
  test("a client that goes away before the handler answers does not keep its changes from being saved", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await startNode(async (_request, response, session) => {
      change(session);
      sent.destroy();
      await once(response, "close");
      response.write("a");
      response.end("b");
      closed.resolve();
    });
    const sent = request({ port: server.port, host: "127.0.0.1" })
      .on("error", () => {})
      .end();
    await closed.promise;
    await server.sessionInterface.begun.promise;
    expect(server.sessionInterface.saves).toBe(1);
    expect(server.errors).toEqual([]);
  });

  test("a client that goes away while the session is being saved does no harm", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await startNode(
      async (_request, response, session) => {
        change(session);
        response.on("close", closed.resolve);
        response.write("a");
        response.end("b");
      },
      { slow: true },
    );
    const sent = request({ port: server.port, host: "127.0.0.1" })
      .on("error", () => {})
      .end();
    await server.sessionInterface.begun.promise;
    sent.destroy();
    await closed.promise;
    server.sessionInterface.finish();
    const [response] = (await once(request({ port: server.port, host: "127.0.0.1" }).end(), "response")) as [
      IncomingMessage,
    ];
    expect(response.statusCode).toBe(200);
    response.resume();
    expect(server.errors).toEqual([]);
  });

  test("a handler that destroys the response after the client has gone saves nothing", async () => {
    const server = await startNode((_request, response, session) => {
      change(session);
      response.destroy();
    });
    await expect(server.send()).rejects.toThrow();
    expect(server.sessionInterface.saves).toBe(0);
  });
});
