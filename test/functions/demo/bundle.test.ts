import { describe, expect, test } from "vitest";
import { DEMO_ROUTES } from "../../../infra/demo-routes.ts";
import type { FunctionFile } from "../../../infra/routes.ts";
import { answerOf, bundlesOf, folderBytesIn } from "../../infra/bundles.ts";

/** Bytes that the demo may add to a bundle: what the page says and how it looks. */
const CEILING = 24_000;

/** What the demo's routes answer to a form with a name in it, and to a first visit. */
const ANSWERS: Readonly<Record<string, number>> = {
  "GET /": 200,
  "POST /visits": 303,
  "POST /keys": 400,
  "POST /tamper": 303,
  "POST /sign-in": 303,
  "POST /sign-out": 303,
  $default: 404,
};

describe.each(await bundlesOf(DEMO_ROUTES))("the bundle of $entry", ({ entry, file, inputs }) => {
  test(`has at most ${CEILING} bytes of the demo`, () => {
    expect(folderBytesIn(inputs)).toBeLessThanOrEqual(CEILING);
  });

  const routes = Object.entries(DEMO_ROUTES).filter(([, target]) => target === (entry as FunctionFile));
  test.each(routes)("answers %s", async (routeKey) => {
    expect((await answerOf(file, routeKey)).statusCode).toBe(ANSWERS[routeKey]);
  });
});
