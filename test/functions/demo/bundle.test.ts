import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { answerOf, type Bundle, bundlesOf } from "../../infra/bundles.ts";

/** Maximum number of bytes of the demo in a bundle: the texts and styles of the page. */
const CEILING = 25_000;

/** Status of each route for a visitor without a session; forms are sent with a name only. */
const STATUSES: Readonly<Record<string, number>> = {
  "GET /demo": 200,
  "POST /demo/visits": 303,
  "POST /demo/entries": 400,
  "POST /demo/tamper": 303,
  "POST /demo/sign-in": 303,
  "POST /demo/sign-out": 303,
  "GET /demo/fresh": 303,
  "POST /demo/fresh": 401,
};

/** Returns the number of bytes of the demo in a bundle. */
function demoBytesIn({ inputs }: Bundle): number {
  const own = Object.entries(inputs).filter(([path]) => path.startsWith("functions/demo/"));
  return own.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

const ROUTES = { ...demoRoutes({ hasTable: false }), ...demoRoutes({ hasTable: false, hasOidc: true }) };
const bundles = await bundlesOf(PROJECT_ROOT, Object.values(ROUTES), "cookie");

describe.each(bundles)("the bundle of $entry", (bundle) => {
  test(`a bundle contains at most ${CEILING} bytes of the demo`, () => {
    expect(demoBytesIn(bundle)).toBeLessThanOrEqual(CEILING);
  });

  const routes = Object.entries(ROUTES).filter(([, target]) => target === bundle.entry);
  test.each(routes)("a bundle answers %s with the expected status", async (routeKey) => {
    expect((await answerOf(bundle, routeKey)).statusCode).toBe(STATUSES[routeKey]);
  });
});
