import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authorized } from "../../../infra/authorized.ts";
import { AUTHORIZED_FIXTURE } from "../../infra/fixture/application.ts";
import { synthesizeStack } from "../../infra/synthesize.ts";
import { type FixtureRun, runFixture } from "./fixture-run.ts";

const APP = "https://app.example.com";

let folder: string;
let run: FixtureRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-cors-"));
  const application: typeof AUTHORIZED_FIXTURE = {
    ...AUTHORIZED_FIXTURE,
    routesOf: () => ({
      "GET /visits": "functions/visits.ts",
      "POST /sign-in": "functions/sign-in.ts",
      "PUT /reports": authorized("functions/reports.ts"),
    }),
  };
  const template = synthesizeStack({ application, trustedOrigins: [APP], timeout: 30 }).toJSON();
  run = await runFixture(template, folder);
});

afterAll(async () => {
  await run?.close();
  await rm(folder, { recursive: true });
});

/**
 * Sends a request as the script of an origin. Returns the status, and the origin that may read the response.
 */
async function send(method: string, path: string, headers: Record<string, string> = {}, origin = APP) {
  const response = await fetch(run.url + path, { method, headers: { origin, ...headers } });
  return { status: response.status, readableBy: response.headers.get("access-control-allow-origin") };
}

const preflight = { "access-control-request-method": "PUT" };

test("a function's response can be read by the trusted origins of the stack and by no other", async () => {
  expect(await send("GET", "/visits")).toEqual({ status: 200, readableBy: APP });
  expect(await send("GET", "/visits", {}, "https://evil.example")).toEqual({ status: 200, readableBy: null });
});

test("a refusal of the session layer can be read by an origin that the API trusts, and by no other", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  const refused = await send("POST", "/sign-in", headers, "https://evil.example");
  expect(refused).toEqual({ status: 403, readableBy: null });
  // The functions of the fixture trust no other origin.
  expect(await send("POST", "/sign-in", headers)).toEqual({ status: 403, readableBy: APP });
});

test("a preflight request for a route with an authorizer that names its method is answered without the authorizer", async () => {
  expect(await send("OPTIONS", "/reports", preflight)).toEqual({ status: 204, readableBy: APP });
});

test("the denial of an authorizer has no CORS headers, because AWS documents none", async () => {
  expect(await send("PUT", "/reports")).toEqual({ status: 401, readableBy: null });
});
