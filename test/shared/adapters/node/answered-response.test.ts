import type { ServerResponse } from "node:http";
import { requireUser } from "lambda-sessions/lambda";
import { describe, expect, test } from "vitest";
import { startNode, valuesOf } from "./node-application.ts";

/** Answers before the session is open, as a timeout of an earlier middleware does. */
const first = (response: ServerResponse) => void response.writeHead(503).end("too late");

describe("a response that a timeout has answered before the session was open", () => {
  test("a response that a timeout has sent stays as it is when a refusal follows, and the handler's callback is called", async () => {
    const ended = Promise.withResolvers<void>();
    const server = await startNode(
      (_request, response, session) => {
        session.set("user", "a".repeat(5000));
        response.end("handler", ended.resolve);
      },
      { first },
    );
    const response = await server.send();
    await ended.promise;
    expect([response.statusCode, `${response.body}`]).toEqual([503, "too late"]);
    expect(server.errors).toEqual([]);
  });

  test("a response that a timeout has sent stays as it is when the session cannot be saved, and the error is passed on", async () => {
    const ended = Promise.withResolvers<void>();
    const server = await startNode(
      (_request, response, session) => {
        session.set("user", "Ada");
        response.end("handler", ended.resolve);
      },
      { first, slow: true },
    );
    const response = await server.send();
    await server.sessionInterface.begun.promise;
    server.sessionInterface.fail(new TypeError("broken"));
    await ended.promise;
    expect([response.statusCode, `${response.body}`]).toEqual([503, "too late"]);
    expect(server.errors).toEqual([new TypeError("broken")]);
  });
});

test("a guard passes an error on when the handler has already responded", async () => {
  const passedOn = Promise.withResolvers<unknown>();
  const server = await startNode((request, response) => {
    response.end("handler");
    server.sessions.guard(requireUser)(request, response, passedOn.resolve);
  });
  expect(`${(await server.send()).body}`).toBe("handler");
  expect(await passedOn.promise).toMatchObject({ code: "ERR_HTTP_HEADERS_SENT" });
});

test("a refusal does not have the cookie that the handler has appended to those of an earlier middleware", async () => {
  const server = await startNode(
    (_request, response, session) => {
      session.set("user", "a".repeat(5000));
      response.appendHeader("set-cookie", "handler=1");
      response.end();
    },
    { first: (response) => void response.setHeader("set-cookie", ["first=1"]) },
  );
  const response = await server.send();
  expect([response.statusCode, valuesOf(response, "set-cookie")]).toEqual([413, ["first=1"]]);
});

test("what was written before a cork is sent before the end of the response", async () => {
  const server = await startNode((_request, response, session) => {
    session.set("user", "Ada");
    response.flushHeaders();
    response.write("body");
    response.cork();
    response.end();
  });
  expect(`${(await server.send()).body}`).toBe("body");
});

test("what follows the end of a response that is being saved is ignored, as after a response that was sent", async () => {
  const ended = Promise.withResolvers<void>();
  const failures: Error[] = [];
  const server = await startNode(
    async (_request, response, session) => {
      session.set("user", "Ada");
      response.on("error", (error) => failures.push(error)).end("first");
      await server.sessionInterface.begun.promise;
      response.write(" second");
      response.end(" third", ended.resolve);
    },
    { slow: true },
  );
  const sent = server.send();
  await ended.promise;
  server.sessionInterface.finish();
  expect([`${(await sent).body}`, failures, server.errors]).toEqual(["first", [], []]);
});

test("a header of an earlier middleware may be an object, which Node sends as a string", async () => {
  const link = new URL("https://app.example.com/help");
  const server = await startNode((_request, response) => response.end("body"), {
    first: (response) => void response.setHeader("link", link as never),
  });
  const response = await server.send();
  expect([response.statusCode, valuesOf(response, "link")]).toEqual([200, [link.href]]);
});

test("an error that follows the end of a response is passed on when the response was sent, because Express closes the connection then", async () => {
  const passedOn = Promise.withResolvers<unknown>();
  const server = await startNode(
    (request, response, session) => {
      session.set("user", "Ada");
      response.end("whole");
      server.sessions.onError(new RangeError("too late"), request, response, (error) => {
        passedOn.resolve(error);
        request.socket.destroy();
      });
    },
    { slow: true },
  );
  const sent = server.send();
  await server.sessionInterface.begun.promise;
  server.sessionInterface.finish();
  const response = await sent;
  expect([`${response.body}`, valuesOf(response, "set-cookie").length]).toEqual(["whole", 1]);
  expect(await passedOn.promise).toEqual(new RangeError("too late"));
});
