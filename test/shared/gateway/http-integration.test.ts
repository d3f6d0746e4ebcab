import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import {
  type GatewayRequest,
  type HttpIntegrationOptions,
  httpIntegration,
} from "../../../shared/gateway.ts";
import { createRequest } from "./gateway-requests.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a service that shows what it receives. It stops at the end of the test. */
async function startService(respond: Listener = (_request, response) => response.end()) {
  const received: { url?: string; method?: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { url = "", method = "", headers } = request;
    received.push({ url, method, headers, body: await text(request) });
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function send(request: GatewayRequest, path: string, options: Partial<HttpIntegrationOptions> = {}) {
  const { url, received } = await startService();
  const { statusCode } = await httpIntegration({ ...options, url: url + path })(request);
  expect(statusCode).toBe(200);
  expect(received).toHaveLength(1);
  return received[0];
}

describe("the request to a service", () => {
  test("the service receives the method, the query and the body, and its own host", async () => {
    const headers = { host: ["localhost:3000"], "content-type": ["text/plain"], "x-a": ["1", "2"] };
    const request = createRequest({ method: "PUT", queryString: "a=1&a=2", headers, body: "größer" });
    const received = await send(request, "/reports");
    expect(received).toMatchObject({ method: "PUT", url: "/reports?a=1&a=2", body: "größer" });
    expect(received?.headers).toMatchObject({
      "content-type": "text/plain",
      "x-a": "1, 2",
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      forwarded: "for=192.0.2.1;host=localhost:3000;proto=http",
      via: "HTTP/1.1 AmazonAPIGateway",
    });
  });

  test("variables of the path are encoded, and cannot leave the folder of the service", async () => {
    const at = (id: string) => createRequest({ pathParameters: { id } });
    expect((await send(at("a b?c#d"), "/reports/{id}/page"))?.url).toBe("/reports/a%20b%3Fc%23d/page");
    expect((await send(at("../../admin"), "/reports/{id}"))?.url).toBe("/reports/admin");
    expect((await send(at("2026/11"), "/reports/{id+}?all=1"))?.url).toBe("/reports/2026/11?all=1");
  });

  test("mappings overwrite, append and remove headers, whatever the client sent", async () => {
    const headers = { "x-user-id": ["admin", "root"], cookie: ["session=token"], "x-b": ["1"] };
    const request = { ...createRequest({ headers }), authorizer: { userId: "u-1" } };
    const received = await send(request, "/", {
      parameters: {
        "overwrite:header.X-User-Id": "$context.authorizer.userId",
        "append:header.x-b": "2",
        "remove:header.cookie": "''",
      },
    });
    expect(received?.headers).toMatchObject({ "x-user-id": "u-1", "x-b": "1, 2" });
    expect(received?.headers).not.toHaveProperty("cookie");
  });

  test("a header without a value is removed and never left as the client sent it", async () => {
    const request = createRequest({ headers: { "x-session-id": ["forged"] } });
    const parameters = { "overwrite:header.x-session-id": "$context.authorizer.sessionId" };
    expect((await send(request, "/", { parameters }))?.headers).not.toHaveProperty("x-session-id");
  });

  test.each([
    "overwrite:header.authorization",
    "remove:header.Via",
    "append:header.x-amz-date",
    "overwrite:path",
  ])("the mapping %s is refused at construction", (key) => {
    expect(() => httpIntegration({ url: "http://localhost", parameters: { [key]: "a" } })).toThrow(key);
  });
});

test("a service on this machine is called directly although the environment names a proxy", async () => {
  const { url, received } = await startService();
  const script = `
    const { httpIntegration } = await import("./shared/gateway.ts");
    const { createRequest } = await import("./test/shared/gateway/gateway-requests.ts");
    const { statusCode } = await httpIntegration({ url: process.argv[1] })(createRequest());
    process.stdout.write(String(statusCode));`;
  // Nothing listens on port 1.
  const proxy = { HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
  const env = { ...process.env, ...proxy, NODE_USE_ENV_PROXY: "1", NO_PROXY: "", no_proxy: "" };
  const argv = ["--input-type=module", "--eval", script, url];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: PROJECT_ROOT, env });
  expect(stdout).toBe("200");
  expect(received).toHaveLength(1);
});

describe("the response of a service", () => {
  test("the client receives the status, the body as it was sent, and every header line", async () => {
    const body = Buffer.from([0x1f, 0x8b, 0xff]);
    const { url } = await startService((_request, response) =>
      response
        .writeHead(303, {
          "Set-Cookie": ["a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2"],
          Location: "/x",
        })
        .end(body),
    );
    const response = await httpIntegration({ url })(createRequest({}));
    expect(response.statusCode).toBe(303);
    expect(response.body).toEqual(body);
    expect(response.headers.filter(([name]) => name !== "date")).toEqual([
      ["set-cookie", "a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT"],
      ["set-cookie", "b=2"],
      ["location", "/x"],
    ]);
  });

  test("a service that cannot be reached is answered with 503, and the developer learns which", async () => {
    const onFailure = vi.fn();
    const response = await httpIntegration({ url: "http://127.0.0.1:1/reports", onFailure })(
      createRequest({}),
    );
    expect([response.statusCode, String(response.body)]).toEqual([503, '{"message":"Service Unavailable"}']);
    expect(onFailure).toHaveBeenCalledWith(expect.stringContaining("http://127.0.0.1:1 does not respond"));
  });

  test("a service that does not respond in time is answered with 503", async () => {
    const { url } = await startService(() => {});
    expect(await httpIntegration({ url, timeout: 1 })(createRequest({}))).toMatchObject({ statusCode: 503 });
  });
});
