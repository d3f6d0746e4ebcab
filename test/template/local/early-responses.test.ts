import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { startLocalProvider } from "../../../shared/local-provider.ts";
import { startEmbeddedDynamoDB } from "../../../shared/local-run/tables/embedded-dynamodb.ts";
import { LocalProject, type RunningProject, runProject } from "../../shared/local-run/local-project.ts";

const FILES = { "size.ts": "export const handler = (event: { body?: string }) => event.body?.length ?? 0;" };

/** More bytes than the buffers of both sides of a connection take. */
const LARGE = 8_000_000;

function run(): Promise<RunningProject> {
  return runProject(FILES, { "ANY /": "size.ts" });
}

/** Sends parts of a request over one connection, and returns everything that the server sends. */
async function send(
  { url }: { readonly url: string },
  ...parts: readonly (string | Buffer)[]
): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  for (const part of parts) socket.write(part);
  return text(socket);
}

/** Returns the head of a POST request. Its connection closes after the response. */
function post(path: string, ...headers: readonly string[]): string {
  return `${[`POST ${path} HTTP/1.1`, "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;
}

const FOREIGN = "Host: evil.example";
const LOCAL = "Host: localhost";
const CHUNKED = "Transfer-Encoding: chunked";
const large = Buffer.alloc(LARGE, "x");
const chunk = Buffer.concat([Buffer.from(`${LARGE.toString(16)}\r\n`), large, Buffer.from("\r\n0\r\n\r\n")]);

describe("a response that needs no function", () => {
  test.each<[string, string, ...(string | Buffer)[]]>([
    ["a foreign host and a body", "403 Forbidden", post("/", FOREIGN, "Content-Length: 3"), "a=1"],
    [
      "a foreign host and a large body",
      "403 Forbidden",
      post("/", FOREIGN, `Content-Length: ${LARGE}`),
      large,
    ],
    ["a foreign host and a chunked body", "403 Forbidden", post("/", FOREIGN, CHUNKED), chunk],
    ["a foreign host and no body", "403 Forbidden", post("/", FOREIGN)],
    ["no host", "400 Bad Request", post("/", "Content-Length: 3"), "a=1"],
    ["a malformed path and a body", "400 Bad Request", post("/%zz", LOCAL, "Content-Length: 3"), "a=1"],
    [
      "an unknown route and a large body",
      "404 Not Found",
      post("/no", LOCAL, CHUNKED),
      "3\r\na=1\r\n0\r\n\r\n",
    ],
    ["a body that no event can contain", "413 Payload Too Large", post("/", LOCAL, CHUNKED), chunk],
    [
      "an expectation that Node does not know",
      "200 OK",
      post("/", LOCAL, "Expect: more", "Content-Length: 0"),
    ],
  ])("a request with %s is answered with %s, and is printed", async (_, status, ...parts) => {
    const running = await run();
    const answer = await send(running, ...parts);
    expect(answer.split("\r\n", 1)).toEqual([`HTTP/1.1 ${status}`]);
    expect(answer).toMatch(/\r\n\r\n(\{"message":"[\w ]+"\}|0)$/);
    await running.terminal.until(new RegExp(`POST /\\S* ${status.slice(0, 3)} \\d+ ms\n`));
  });

  test("a request with a foreign host that waits for 100 Continue is answered with 403", async () => {
    const running = await run();
    const head = post("/", FOREIGN, "Content-Length: 3", "Expect: 100-continue");
    expect(await send(running, head, "a=1")).toMatch(
      /^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?403 Forbidden\r\n/,
    );
    await running.terminal.until(/POST \/ 403/);
  });

  test.each([
    ["that is not HTTP", "400 Bad Request", "nonsense\r\n\r\n"],
    ["with an invalid body", "400 Bad Request", `${post("/", LOCAL, CHUNKED)}zz\r\n`],
    ["to a proxy", "400 Bad Request", `CONNECT example.com:443 HTTP/1.1\r\n${LOCAL}\r\n\r\n`],
    [
      "with headers over the limit and a large body",
      "431 Request Header Fields Too Large",
      Buffer.concat([Buffer.from(post("/", LOCAL, `Cookie: ${"c".repeat(20_000)}`)), large]),
    ],
  ])("a request %s is answered with %s, and a line is printed", async (_, status, request) => {
    const running = await run();
    expect(await send(running, request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
    await running.terminal.until(
      new RegExp(`A request that cannot be read \\(\\w+\\) ${status.slice(0, 3)}\n`),
    );
  });

  test.each([
    ["that is not HTTP", "nonsense\r\n\r\n"],
    ["to a proxy", `CONNECT example.com:443 HTTP/1.1\r\n${LOCAL}\r\n\r\n`],
  ])("a client that resets the connection of a request %s does not end the local run", async (_, request) => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("uncaughtExceptionMonitor", note);
    onTestFinished(() => void process.off("uncaughtExceptionMonitor", note));
    const running = await run();
    const socket = connect(Number(new URL(running.url).port), "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    socket.write(request);
    await running.terminal.until(/A request that cannot be read/);
    socket.resetAndDestroy();
    await once(socket, "close");
    expect((await fetch(running.url)).status).toBe(200);
    expect(uncaught).toEqual([]);
  });

  test("the connection of a request with a foreign host takes the next request", async () => {
    const running = await run();
    const first = ["POST / HTTP/1.1", FOREIGN, "Content-Length: 3", "", "a=1"].join("\r\n");
    const answer = await send(running, first, post("/", LOCAL, "Content-Length: 0"));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 403", "HTTP/1.1 200"]);
  });
});

test("the local DynamoDB refuses a page of a browser that sends a large body", async () => {
  const { root } = await LocalProject.make();
  const database = await startEmbeddedDynamoDB(root);
  onTestFinished(() => database.close());
  const head = post("/", LOCAL, "Origin: https://evil.example", `Content-Length: ${LARGE}`);
  expect(await send({ url: database.endpoint }, head, large)).toMatch(/^HTTP\/1\.1 403 /);
});

test("the local provider refuses a foreign host that sends a large body", async () => {
  const people = [{ id: "ada", name: "Ada" }];
  const clients = [{ clientId: "app", clientSecret: "of the test", origins: ["http://localhost:3000"] }];
  const provider = await startLocalProvider({ people, clients });
  onTestFinished(() => provider.close());
  const head = post("/token", FOREIGN, `Content-Length: ${LARGE}`);
  expect(await send({ url: provider.issuer }, head, large)).toMatch(/^HTTP\/1\.1 421 /);
});
