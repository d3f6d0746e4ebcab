import { buffer } from "node:stream/consumers";
import { nodeSession } from "lambda-sessions/node";
import type { AdapterUnderTest } from "lambda-sessions/testing";
import { serve } from "./node-server.ts";

/** `nodeSession` in a server of `node:http`, as an adapter under test. */
export const nodeAdapter: AdapterUnderTest = {
  name: "nodeSession",
  start: async (withSession, script) => {
    const sessions = nodeSession(withSession);
    const server = await serve((request, response) =>
      sessions(request, response, async () => {
        const { method = "" } = request;
        const body = await buffer(request);
        const answer = await script(sessions.of(request), { method, body });
        const headers = [...answer.headers, ...answer.cookies.map((cookie) => ["set-cookie", cookie])];
        response.writeHead(answer.statusCode, headers.flat()).end(answer.body);
      }),
    );
    return Object.assign(server.send, { close: server.close });
  },
};
