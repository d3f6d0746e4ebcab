import { describe, expect, test } from "vitest";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { answerOf, bundlesOf, folderBytesIn } from "../../infra/bundles.ts";

/** Bytes that the demo may add to a bundle: what the page says and how it looks. */
const CEILING = 24_000;

/** The status of a first visit, and of a form that has a name but no more. */
const STATUSES: Readonly<Record<string, number>> = {
  "GET /demo": 200,
  "POST /demo/visits": 303,
  "POST /demo/entries": 400,
  "POST /demo/tamper": 303,
  "POST /demo/sign-in": 303,
  "POST /demo/sign-out": 303,
};

const ROUTES = demoRoutes({ hasTable: false });

describe.each(await bundlesOf(ROUTES))("the bundle of $entry", ({ entry, file, inputs }) => {
  test(`has at most ${CEILING} bytes of the demo`, () => {
    expect(folderBytesIn(inputs)).toBeLessThanOrEqual(CEILING);
  });

  const routes = Object.entries(ROUTES).filter(([, target]) => target === entry);
  test.each(routes)("answers %s", async (routeKey) => {
    expect((await answerOf(file, routeKey)).statusCode).toBe(STATUSES[routeKey]);
  });
});
