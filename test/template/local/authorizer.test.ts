import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorized, type LocalUrl } from "../../../infra/authorized.ts";
import type { SessionStorage } from "../../../infra/settings/session-storage.ts";
import { AUTHORIZED_FIXTURE } from "../../infra/fixture/application.ts";
import { synthesizeStack } from "../../infra/synthesize.ts";
import { type FixtureRun, LocalVisitor, runFixture } from "./fixture-run.ts";

/** Request as the plain service received it. */
interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const received: Received[] = [];
const service = createServer(({ method = "", url = "", headers }, response) => {
  received.push({ method, url, headers });
  response.writeHead(200, { "content-type": "application/json" }).end('{"archive":"open"}');
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-authorizer-"));
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  service.close();
  await rm(folder, { recursive: true });
});

/** Starts the fixture with routes for users who are signed in, and the plain service behind one of them. */
async function start(storage: SessionStorage): Promise<FixtureRun> {
  const { port } = service.address() as AddressInfo;
  const local: LocalUrl = `http://127.0.0.1:${port}/v1/{proxy}`;
  const application = {
    ...AUTHORIZED_FIXTURE,
    routesOf: (...[deployment]: Parameters<typeof AUTHORIZED_FIXTURE.routesOf>) => ({
      ...AUTHORIZED_FIXTURE.routesOf(deployment),
      "ANY /archive/{proxy+}": authorized("https://archive.example.com/v1/{proxy}", { local }),
      $default: authorized("functions/reports.ts"),
    }),
  };
  const template = synthesizeStack({ application, storage, timeout: 30 }).toJSON();
  return runFixture(template, join(folder, storage));
}

describe.each(["cookie", "revocable-cookie", "dynamodb"] as const)("with storage=%s", (storage) => {
  const ada = new LocalVisitor();
  let run: FixtureRun;

  beforeAll(async () => {
    run = await start(storage);
    await ada.request(run, "/sign-in", {});
    return () => run.close();
  });

  function send(path: string, { headers = {}, ...options }: RequestInit = {}): Promise<Response> {
    return fetch(run.url + path, { ...options, headers: { cookie: ada.cookie, ...headers } });
  }

  test("a function without a session receives the user, and the session's id where it has one", async () => {
    const response = await send("/reports/7");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      report: "7",
      userId: "ada",
      encodedUserId: "ada",
      encodedClaims: "{}",
      ...(storage !== "cookie" && { sessionId: expect.stringMatching(/^[\w-]{22}$/) }),
    });
  });

  test("a plain HTTP service receives the user whatever the client sends, and no cookie", async () => {
    const forged = { "X-User-Id": "root", "x-session-id": "forged", "x-user-claims": '{"admin":true}' };
    const response = await send("/archive/2026/11?page=2", { headers: forged });
    expect(await response.json()).toEqual({ archive: "open" });
    const { url, headers } = received.at(-1) as Received;
    expect(url).toBe("/v1/2026/11?page=2");
    expect(headers).toMatchObject({ "x-user-id": "ada", "x-user-claims": "{}" });
    expect(headers).not.toHaveProperty("cookie");
    if (storage === "cookie") expect(headers).not.toHaveProperty("x-session-id");
    else expect(headers["x-session-id"]).toMatch(/^[\w-]{22}$/);
  });

  test("HEAD of a GET route asks the authorizer too", async () => {
    expect((await send("/reports/7", { method: "HEAD" })).status).toBe(200);
    expect((await send("/reports/7", { method: "HEAD", headers: { cookie: "a=1" } })).status).toBe(403);
  });

  test("a route $default asks the authorizer too", async () => {
    expect((await send("/nowhere")).status).toBe(200);
    expect((await send("/nowhere", { headers: { cookie: "a=1" } })).status).toBe(403);
  });

  test("no denied request reaches the service", async () => {
    const before = received.length;
    const crossSite = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const answers = [
      await fetch(`${run.url}/archive/1`),
      await send("/archive/1", { headers: { cookie: `${ada.cookie.slice(0, -2)}xx` } }),
      await send("/archive/1", { headers: { cookie: "theme=dark" } }),
      await send("/archive/1", { method: "POST", headers: crossSite }),
      await send("/archive/1", { headers: { x_user_id: "root" } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 403, 403, 403]);
    expect(await answers[0]?.json()).toEqual({ message: "Unauthorized" });
    expect(await answers[1]?.json()).toEqual({ message: "Forbidden" });
    expect(received).toHaveLength(before);
  });

  test.skipIf(storage === "cookie")("a session that another device has ended is denied at once", async () => {
    const phone = new LocalVisitor();
    await phone.request(run, "/sign-in", {});
    expect((await phone.request(run, "/reports/7")).status).toBe(200);
    await ada.request(run, "/sessions/end", {});
    expect((await phone.request(run, "/reports/7")).status).toBe(403);
    expect((await ada.request(run, "/reports/7")).status).toBe(200);
  });
});
