import { existsSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { networkInterfaces } from "node:os";
import { dirname } from "node:path";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { apiTemplate, LocalProject, runProject, TEST_KEYS } from "./local-project.ts";
import { Terminal } from "./terminal.ts";

const ECHO = "export const handler = (event: unknown) => event;";

/** Source of a function that returns the request's body as its result. */
const MIRROR = `export const handler = (event: { body: string }) => JSON.parse(event.body);`;

function post(url: string, result: unknown): Promise<Response> {
  const body = JSON.stringify(result);
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    redirect: "manual",
  });
}

describe("a request", () => {
  test("a request reaches the function of its route as an event of payload format 2.0", async () => {
    const { url } = await runProject({ "echo.ts": ECHO }, { "ANY /users/{id}": "echo.ts" });
    const response = await fetch(`${url}/users/Ada%20L?a=1&a=2&b=%26`, {
      method: "PUT",
      headers: { Cookie: "a=1; b=2", "Content-Type": "application/octet-stream", "X-Name": "value" },
      body: Uint8Array.of(0, 255),
    });
    const event = (await response.json()) as APIGatewayProxyEventV2;
    const host = new URL(url).host;
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "ANY /users/{id}",
      rawPath: "/users/Ada L",
      rawQueryString: "a=1&a=2&b=%26",
      cookies: ["a=1", "b=2"],
      headers: {
        "content-length": "2",
        "content-type": "application/octet-stream",
        host,
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": new URL(url).port,
        "x-forwarded-proto": "http",
        "x-name": "value",
      },
      queryStringParameters: { a: "1,2", b: "&" },
      requestContext: {
        http: { method: "PUT", path: "/users/Ada L", sourceIp: "127.0.0.1" },
        stage: "$default",
      },
      pathParameters: { id: "Ada L" },
      body: "AP8=",
      isBase64Encoded: true,
    });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.headers).not.toHaveProperty("connection");
    expect(event.requestContext.requestId).toBe(response.headers.get("apigw-requestid"));
    expect(Object.keys(event.headers)).toEqual(Object.keys(event.headers).toSorted());
  });

  test("repeated headers of a request are joined by commas", async () => {
    const { url } = await runProject({ "echo.ts": ECHO }, { $default: "echo.ts" });
    const headers = ["Host", "localhost", "X-A", "veg,pea", "x-a", "veg", "Cookie", "a=1", "Cookie", "b=2"];
    const event = await new Promise<{ headers: object; cookies: string[] }>((resolve, reject) => {
      const request = httpRequest(url, { headers }, async (response) => {
        resolve(JSON.parse((await response.toArray()).join("")));
      });
      request.on("error", reject).end();
    });
    expect(event.headers).toMatchObject({ "x-a": "veg,pea,veg" });
    expect(event.cookies).toEqual(["a=1", "b=2"]);
  });

  test("a request reaches a function of payload format 1.0 as an event of that format", async () => {
    const integration = { PayloadFormatVersion: "1.0" };
    const echo =
      "export const handler = (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) });";
    const { url } = await runProject(
      { "echo.ts": echo },
      { "GET /a/{id}": { entry: "echo.ts", integration } },
    );
    expect(await (await fetch(`${url}/a/1?b=2`, { headers: { cookie: "c=3" } })).json()).toMatchObject({
      version: "1.0",
      resource: "/a/{id}",
      path: "/a/1",
      headers: { cookie: "c=3" },
      multiValueQueryStringParameters: { b: ["2"] },
      pathParameters: { id: "1" },
    });
  });

  test.each([
    ["GET", "/nowhere", 404, '{"message":"Not Found"}'],
    ["POST", "/a", 404, '{"message":"Not Found"}'],
    ["GET", "/a/", 404, '{"message":"Not Found"}'],
    ["GET", "/%zz", 400, '{"message":"Bad Request"}'],
    ["GET", "/a%ff", 400, '{"message":"Bad Request"}'],
  ])("the request %s %s is answered with %i, as by API Gateway", async (method, path, status, body) => {
    const { url } = await runProject({ "echo.ts": ECHO }, { "GET /a": "echo.ts" });
    const response = await fetch(url + path, { method });
    expect({ status: response.status, body: await response.text() }).toEqual({ status, body });
  });

  test("a request that makes an event over Lambda's limit is answered with 413", async () => {
    const size = "export const handler = (event: { body: string }) => event.body.length;";
    const { url } = await runProject({ "size.ts": size }, { "POST /": "size.ts" });
    const send = async (type: string, bytes: number) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": type },
        body: "x".repeat(bytes),
      });
      return response.status === 200 ? Number(await response.text()) : response.status;
    };
    expect(await send("text/plain", 6_000_000)).toBe(6_000_000);
    expect(await send("application/octet-stream", 6_000_000)).toBe(413);
    expect(await send("text/plain", 7_000_000)).toBe(413);
  });

  test("a request whose client disconnects while sending gets no response and is not printed", async () => {
    const { url, terminal } = await runProject({ "echo.ts": ECHO }, { $default: "echo.ts" });
    const request = httpRequest(url, { method: "POST", headers: { "content-length": "10" } });
    request.on("error", () => {});
    await new Promise<void>((resolve) => request.write("x", () => resolve()));
    const closed = new Promise<void>((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
    expect((await fetch(url)).status).toBe(200);
    expect(terminal.text).not.toContain("[local run]");
  });

  test("a request with headers over API Gateway's limit is refused", async () => {
    const { url } = await runProject({ "echo.ts": ECHO }, { $default: "echo.ts" });
    expect((await fetch(url, { headers: { cookie: "c".repeat(9_000) } })).status).toBe(200);
    expect((await fetch(url, { headers: { cookie: "c".repeat(11_000) } })).status).toBe(431);
  });
});

describe("a result", () => {
  test("the result of a function becomes the response", async () => {
    const { url } = await runProject({ "mirror.ts": MIRROR }, { $default: "mirror.ts" });
    const response = await post(url, {
      statusCode: 303,
      headers: { Location: "/", "X-Count": 2, "Content-Length": 99, "Transfer-Encoding": "chunked" },
      cookies: ["a=1; Path=/", "b=2"],
      body: "gone",
    });
    expect(response.status).toBe(303);
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(response.headers.get("location")).toBe("/");
    expect(response.headers.get("x-count")).toBe("2");
    expect(response.headers.get("content-length")).toBe("4");
    expect(await response.text()).toBe("gone");
  });

  test("a result may have a binary body, or none", async () => {
    const { url } = await runProject({ "mirror.ts": MIRROR }, { $default: "mirror.ts" });
    const bytes = await post(url, { statusCode: 200, body: "AP8=", isBase64Encoded: true });
    expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(Uint8Array.of(0, 255));
    const nothing = await post(url, { statusCode: 204, body: "dropped" });
    expect({ status: nothing.status, body: await nothing.text() }).toEqual({ status: 204, body: "" });
    expect(nothing.headers.has("content-length")).toBe(false);
  });

  test("the response to a HEAD request has the length of the body, but no body", async () => {
    const source = `export const handler = () => ({ statusCode: 200, body: "four" });`;
    const { url } = await runProject({ "four.ts": source }, { "ANY /": "four.ts" });
    const response = await fetch(url, { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("4");
    expect(await response.text()).toBe("");
  });

  test("a result over Lambda's limit is answered with 500", async () => {
    const source = `export const handler = () => "x".repeat(7_000_000);`;
    const { url, terminal } = await runProject({ "a.ts": source }, { $default: "a.ts" });
    expect((await fetch(url)).status).toBe(500);
    expect(terminal.text).toContain(
      "[a] API Gateway cannot convert this result to a response: it is over 6 MiB.",
    );
  });

  test("a result that API Gateway cannot convert is answered with 500, and the reason is printed", async () => {
    const { url, terminal } = await runProject({ "mirror.ts": MIRROR }, { $default: "mirror.ts" });
    const response = await post(url, { statusCode: 200, body: { a: 1 } });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
    expect(terminal.text).toContain(
      "[mirror] API Gateway cannot convert this result to a response: body must be a string; use JSON.stringify for an object.",
    );
  });
});

describe("the local server", () => {
  test("the local run prints its address, its routes, and each request without its query", async () => {
    const source = `export const handler = () => ({ statusCode: 200, cookies: ["session=set-secret"], body: "ok" });`;
    const routes = { "GET /a": "a.ts", "HEAD /a": "a.ts", "POST /b": "a.ts" };
    const { url, terminal } = await runProject({ "a.ts": source }, routes);
    await fetch(`${url}/a?token=query-secret`, { headers: { cookie: "session=cookie-secret" } });
    await terminal.until(/GET \/a 200 \d+ ms\n/);
    expect(terminal.text.startsWith(`\n${url}\n\n  GET /a   a.ts\n  POST /b  a.ts\n`)).toBe(true);
    expect(terminal.text).not.toMatch(/secret/);
    expect(terminal.text).not.toContain(TEST_KEYS[0]);
  });

  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.address === "::1");

  test.skipIf(!hasIpv6)("the local run answers on both addresses of localhost", async () => {
    const { url } = await runProject(
      { "a.ts": "export const handler = () => 'here';" },
      { $default: "a.ts" },
    );
    for (const host of ["127.0.0.1", "[::1]"]) {
      expect(await (await fetch(url.replace("localhost", host))).text()).toBe("here");
    }
  });

  test("a port in use is reported in one sentence", async () => {
    const { url } = await runProject({ "a.ts": ECHO }, { $default: "a.ts" });
    const port = Number(new URL(url).port);
    await expect(startLocalServer({ ...LOCAL_PROJECT, port, template: apiTemplate({}) })).rejects.toThrow(
      new LocalRunError(`Port ${port} is in use. Choose another one, such as PORT=${port + 1} npm start.`),
    );
  });

  test("a closed local run has freed its port and removed its bundles", async () => {
    const folder = "export const handler = () => process.cwd();";
    const { url, close } = await runProject({ "a.ts": folder }, { $default: "a.ts" });
    const bundle = await (await fetch(url)).text();
    expect(existsSync(bundle)).toBe(true);
    await close();
    await expect(fetch(url)).rejects.toThrow();
    expect(existsSync(dirname(dirname(bundle)))).toBe(false);
  });

  test("the secret keys survive a restart of the local run", async () => {
    const project = await LocalProject.make({
      "keys.ts": "export const handler = () => process.env.SESSION_SECRET_KEYS;",
    });
    const keysOfRun = async () => {
      const output = new Output(new Terminal());
      const template = apiTemplate({ $default: "keys.ts" });
      const server = await startLocalServer({
        ...LOCAL_PROJECT,
        root: project.root,
        template,
        port: 0,
        output,
      });
      const keys = JSON.parse(await (await fetch(server.url)).text());
      await server.close();
      return keys;
    };
    const first = await keysOfRun();
    expect(first).toEqual([expect.stringMatching(/^[\w-]{64}$/)]);
    expect(await keysOfRun()).toEqual(first);
  });
});

describe("invalid input", () => {
  test("a header that Node rejects is answered with 500, and the server continues to run", async () => {
    const terminal = new Terminal();
    const options = { output: new Output(terminal) };
    const { url } = await runProject({ "mirror.ts": MIRROR }, { "POST /": "mirror.ts" }, options);
    const refused = await post(url, { statusCode: 200, headers: { trailer: "x" }, body: "a" });
    expect(refused).toMatchObject({ status: 500, statusText: "Internal Server Error" });
    expect(terminal.text).toContain("The response cannot be sent:");
    await terminal.until(/POST \/ 500/);
    expect((await post(url, { statusCode: 200, body: "b" })).status).toBe(200);
  });

  test.each([
    ["evil.example", 403],
    ["localhost.evil.example", 403],
    ["192.0.2.1", 403],
    ["LOCALHOST", 200],
    ["app.localhost:80", 200],
    ["127.0.0.1", 200],
    ["[::1]:3000", 200],
  ])("a page whose name was rebound to this machine is refused: %s", async (host, status) => {
    const { url } = await runProject({ "echo.ts": ECHO }, { $default: "echo.ts" });
    const answered = await new Promise((resolve, reject) => {
      const request = httpRequest(url, { headers: { host } }, (response) => resolve(response.statusCode));
      request.on("error", reject).end();
    });
    expect(answered).toBe(status);
  });
});
