import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createWithSession } from "lambda-sessions/lambda";
import { type NodeSession, nodeSession } from "lambda-sessions/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { sendTo } from "./node-server.ts";

/** Response as the tests compare it. */
interface Answer {
  readonly status: number;
  /** Names of the cookies. */
  readonly cookies: readonly string[];
  readonly body: string;
}

type Sessions = NodeSession<{ user: string; list: string[] }>;
type Start = (listener: Parameters<typeof createServer>[1]) => Promise<() => Promise<Answer>>;

/** Starts a server for each protocol. Returns a function that sends a request to it. */
const PROTOCOLS: Readonly<Record<string, Start>> = {
  "HTTP/1.1": async (listener) => {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return async () => {
      const { statusCode, headers, body } = await sendTo((server.address() as AddressInfo).port);
      const cookies = headers.filter(([name]) => name.toLowerCase() === "set-cookie");
      return { status: statusCode, cookies: cookies.map(([, value]) => nameOf(value)), body: `${body}` };
    };
  },
  "HTTP/2": async (listener) => {
    const server = createHttp2Server(listener as never).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.close();
      server.close();
    });
    return async () => {
      const stream = client.request({ ":path": "/" }).end();
      const [head] = await once(stream, "response");
      const cookies: string[] = head["set-cookie"] ?? [];
      return { status: head[":status"], cookies: cookies.map(nameOf), body: await text(stream) };
    };
  },
};

function nameOf(cookie: string): string {
  return cookie.split("=", 1).join();
}

/** Returns the middleware of an application whose session has a cookie of this name. */
function sessionsOf(name: string): Sessions {
  const keys = ["a secret key of at least 32 bytes, for tests"];
  const settings = { cookie: { name } };
  const sessionInterface = new SecureCookieSessionInterface({ keys, settings, log: () => {} });
  return nodeSession(createWithSession({ sessionInterface, log: () => {} }));
}

const CHANGES: Readonly<Record<string, (session: ReturnType<Sessions["of"]>) => void>> = {
  saved: (session) => session.set("user", "Ada"),
  refused: (session) => session.set("user", "a".repeat(5000)),
  failing: (session) => {
    const list: string[] = [];
    session.set("list", list);
    list.push((() => {}) as never);
  },
};

/** Sends a request to two middlewares around one handler, which changes their sessions. */
async function respond(protocol: string, outer: string, inner: string): Promise<Answer> {
  const [one, other] = [sessionsOf("__Host-outer"), sessionsOf("__Host-inner")];
  const send = await PROTOCOLS[protocol]?.((request, response) => {
    const fail = () => response.writeHead(500).end("failed");
    one(request, response, (error) => {
      if (error) return fail();
      other(request, response, (error) => {
        if (error) return fail();
        CHANGES[outer]?.(one.of(request));
        CHANGES[inner]?.(other.of(request));
        response.write("first ");
        response.end("last");
      });
    });
  });
  return (await send?.()) as Answer;
}

const REFUSAL = "This would be more than your session can hold, so nothing was saved.\n";

describe.each(Object.keys(PROTOCOLS))("two sessions of one response over %s", (protocol) => {
  test.each<[outer: string, inner: string, Answer]>([
    ["saved", "saved", { status: 200, cookies: ["__Host-inner", "__Host-outer"], body: "first last" }],
    ["saved", "refused", { status: 413, cookies: ["__Host-outer"], body: REFUSAL }],
    ["refused", "saved", { status: 413, cookies: [], body: REFUSAL }],
    ["refused", "refused", { status: 413, cookies: [], body: REFUSAL }],
    ["saved", "failing", { status: 500, cookies: ["__Host-outer"], body: "failed" }],
    ["failing", "saved", { status: 500, cookies: [], body: "failed" }],
  ])(
    "a response whose outer session is %s and whose inner one is %s arrives whole",
    async (outer, inner, expected) => {
      expect(await respond(protocol, outer, inner)).toEqual(expected);
    },
  );
});
