import { buffer } from "node:stream/consumers";
import { nodeSession } from "lambda-sessions/node";
import type { AdapterUnderTest } from "lambda-sessions/testing";
import { describe } from "vitest";
import { testAdapter } from "../web/test-adapter.ts";
import { serve } from "./node-server.ts";

const adapter: AdapterUnderTest = {
  name: "nodeSession with node:http",
  start: async (withSession, script) => {
    const sessions = nodeSession(withSession);
    const server = await serve((request, response) => {
      sessions(request, response, async (error) => {
        try {
          if (error) throw error;
          const { method = "" } = request;
          const { statusCode, headers, cookies, body } = await script(sessions.of(request), {
            method,
            body: await buffer(request),
          });
          for (const [name, value] of headers) response.setHeader(name, value);
          if (cookies.length > 0) response.setHeader("set-cookie", cookies);
          response.writeHead(statusCode).end(body);
        } catch (error) {
          sessions.fail(request, error);
          response.writeHead(500).end();
        }
      });
    });
    return Object.assign(server.send, { close: server.close });
  },
};

describe(adapter.name, () => {
  testAdapter(adapter);
});
