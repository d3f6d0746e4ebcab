import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import type { FunctionFile } from "../../../infra/routes.ts";
import {
  answerOf,
  type Bundle,
  type BundleRequest,
  bundlesOf,
  cookiesAfter,
  deployedBundle,
  foreignImports,
} from "../../infra/bundles.ts";
import { FIXTURE, fixtureFiles } from "../../infra/fixture/application.ts";
import { startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";

const routes = FIXTURE.routesOf({ hasTable: true });

/**
 * Matches parts of the SDK that no function needs: credential providers for other environments, and CommonJS.
 */
const NEEDLESS = /\/(credential-provider-|token-providers|nested-clients)|\/dist-cjs\//;

const dynamodb = await startEmbeddedDynamoDB();
afterAll(() => dynamodb.close());

describe.each(["dynamodb", "revocable-cookie"])("with storage=%s", async (condition) => {
  const bundles = await bundlesOf(FIXTURE.root, fixtureFiles({ hasTable: true }), condition);
  const environment = {
    SESSION_TABLE_NAME: await dynamodb.createTable(`${condition}-sessions`),
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };

  function bundleOf(entry: FunctionFile) {
    const found = bundles.find((bundle) => bundle.entry === entry);
    if (!found) throw new Error(`no bundle of ${entry}`);
    return found;
  }

  function answer(routeKey: keyof typeof routes, request: BundleRequest = {}) {
    return answerOf(bundleOf(routes[routeKey] as FunctionFile), routeKey, { environment, ...request });
  }

  test("no bundle contains an unnecessary part of the SDK, a source map or a path of this machine", () => {
    for (const { entry, inputs, text } of bundles) {
      expect(
        Object.keys(inputs).filter((path) => NEEDLESS.test(path)),
        entry,
      ).toEqual([]);
      const found = ["sourceMappingURL", PROJECT_ROOT].filter((forbidden) => text.includes(forbidden));
      expect(found, entry).toEqual([]);
    }
  });

  test("bundles import only Node's own modules at run time", () => {
    expect(bundles.flatMap(foreignImports)).toEqual([]);
  });

  test("a session survives a cold start of the bundle", async () => {
    const first = await answer("GET /visits");
    const cookies = cookiesAfter(first);
    expect(cookies).toEqual([expect.stringMatching(/^__Host-session=/)]);
    const second = await answer("GET /visits", { cookies });
    expect([first, second]).toMatchObject([{ body: '{"visits":1}' }, { body: '{"visits":2}' }]);
  });

  test("bundles list a user's sessions and end them, and ended sessions stay refused", async () => {
    const [here, elsewhere] = await Promise.all([answer("POST /sign-in"), answer("POST /sign-in")]);
    const cookies = cookiesAfter(here);
    const { sessions } = JSON.parse((await answer("GET /sessions", { cookies })).body ?? "");
    expect(sessions).toHaveLength(2);
    expect((await answer("POST /sessions/end", { cookies })).statusCode).toBe(303);
    const [ended, kept] = await Promise.all([
      answer("GET /sessions", { cookies: cookiesAfter(elsewhere) }),
      answer("GET /sessions", { cookies }),
    ]);
    expect(ended.statusCode).toBe(401);
    expect(JSON.parse(kept.body ?? "").sessions).toHaveLength(1);
  });

  test("with sessionTransport=both, a bundle answers browsers by cookie and other clients by token", async () => {
    const [both] = await bundlesOf(FIXTURE.root, ["functions/visits.ts"], condition, "header-transport");
    const transport = { environment: { ...environment, SESSION_TRANSPORT: "both" } };
    const visit = (request: BundleRequest) =>
      answerOf(both as Bundle, "GET /visits", { ...transport, ...request });
    const first = await visit({ headers: { "session-transport": "header" } });
    const { "session-token": token } = first.headers ?? {};
    expect(cookiesAfter(first)).toEqual([]);
    const [byToken, byCookie] = await Promise.all([
      visit({ headers: { authorization: `Bearer ${token}` } }),
      visit({}),
    ]);
    expect([byToken.body, byCookie.body]).toEqual(['{"visits":2}', '{"visits":1}']);
    expect(cookiesAfter(byCookie)).toEqual([expect.stringMatching(/^__Host-session=/)]);
  });

  test("without sessionTransport, no bundle contains code of tokens in headers", () => {
    const holders = bundles.filter(({ inputs }) =>
      Object.keys(inputs).some((path) => /header-transport/.test(path)),
    );
    expect(holders.map(({ entry }) => entry)).toEqual([]);
  });

  test.each([
    ["the table does not exist", { SESSION_TABLE_NAME: "nowhere" }],
    ["there are no credentials", { AWS_ACCESS_KEY_ID: "" }],
  ])("a visitor whose session cannot be stored is answered with 503 when %s", async (_, broken) => {
    const cookies = cookiesAfter(await answer("POST /sign-in"));
    const request = { cookies, environment: { ...environment, ...broken } };
    expect((await answer("POST /sign-in", request)).statusCode).toBe(503);
  });

  test("the deployed bundle of a function equals the tested one byte for byte", () => {
    const deployed = deployedBundle(FIXTURE.root, "functions/value.ts", condition);
    expect(deployed === bundleOf("functions/value.ts").text).toBe(true);
  });
});
