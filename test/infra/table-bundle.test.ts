import { builtinModules } from "node:module";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { type FunctionFile, routesOf } from "../../infra/routes.ts";
import { startEmbeddedDynamoDB } from "../support/embedded-dynamodb.ts";
import {
  answerOf,
  type BundleRequest,
  bundlesOf,
  cookiesAfter,
  deployedBundle,
  folderBytesIn,
  SLOW,
} from "./bundles.ts";

/** Bytes that the bundle of one function may have; three quarters of it are the AWS SDK. */
const CEILING = 280_000;

const routes = routesOf({ hasTable: true });

/** What may be in a bundle: functions, shared code, the dependencies, and what the SDK brings along. */
const INGREDIENTS = [
  /^(functions|shared|infra\/bundled)\//,
  /^node_modules\/(aws4|cookie)\//,
  /^node_modules\/(@aws-sdk|@smithy|@aws\/lambda-invoke-store|mnemonist|obliterator)\//,
  /^<data:text\/javascript,/,
];

/** Parts of the SDK that no function needs: credentials from elsewhere than the environment, and all as CommonJS. */
const NEEDLESS = /\/(credential-provider-|token-providers|nested-clients)|\/dist-cjs\//;

const dynamodb = await startEmbeddedDynamoDB();
afterAll(() => dynamodb.close());

describe.each(["dynamodb", "revocable-cookie"])(
  "a function bundled under the condition %s",
  async (condition) => {
    const bundles = await bundlesOf(routes, condition);
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
      return answerOf(bundleOf(routes[routeKey] as FunctionFile).file, routeKey, { environment, ...request });
    }

    test("is there for every route", () => {
      expect(bundles.map(({ entry }) => entry).toSorted()).toEqual(
        [...new Set(Object.values(routes))].toSorted(),
      );
    });

    test.each(bundles)(
      `has at most ${CEILING} bytes, pages in folders aside: $entry`,
      ({ bytes, inputs }) => {
        expect(bytes - folderBytesIn(inputs)).toBeLessThanOrEqual(CEILING);
      },
    );

    test.each(bundles)("has nothing in it that it does not need: $entry", ({ inputs, text }) => {
      const paths = Object.keys(inputs);
      expect(paths.filter((path) => !INGREDIENTS.some((known) => known.test(path)))).toEqual([]);
      expect(paths.filter((path) => NEEDLESS.test(path))).toEqual([]);
      // The SDK's package.json, which names its own tools, is in it.
      expect(["sourceMappingURL", PROJECT_ROOT].filter((forbidden) => text.includes(forbidden))).toEqual([]);
    });

    test.each(bundles)("imports no module of Node that is slow to load: $entry", ({ imports }) => {
      const paths = imports.map(({ path }) => path);
      expect(paths.filter((path) => !builtinModules.includes(path.replace(/^node:/, "")))).toEqual([]);
      expect(paths.filter((path) => SLOW.includes(path))).toEqual([]);
    });

    test("counts the visits of a session from one cold start to the next", async () => {
      const first = await answer("GET /visits");
      const cookies = cookiesAfter(first);
      expect(cookies).toEqual([expect.stringMatching(/^__Host-session=/)]);
      const second = await answer("GET /visits", { cookies });
      expect([first.body, second.body].map((body) => JSON.parse(body ?? ""))).toEqual([
        { visits: 1 },
        { visits: 2 },
      ]);
    });

    test("lists a user's sessions, ends them, and does not open them again", async () => {
      expect((await answer("GET /sessions")).statusCode).toBe(401);
      const cookies = cookiesAfter(await answer("POST /sign-in"));
      const elsewhere = cookiesAfter(await answer("POST /sign-in"));
      const { sessions } = JSON.parse((await answer("GET /sessions", { cookies })).body ?? "");
      expect(sessions).toHaveLength(2);
      const end = await answer("POST /sessions/end", { cookies, form: "which=others" });
      expect(end.statusCode).toBe(303);
      expect((await answer("GET /sessions", { cookies: elsewhere })).statusCode).toBe(401);
      expect((await answer("GET /sessions", { cookies })).statusCode).toBe(200);
    });

    test.each([
      ["a table that is not there", { SESSION_TABLE_NAME: "nowhere" }],
      ["no credentials", { AWS_ACCESS_KEY_ID: "" }],
    ])("answers 503 to a visitor whose session it cannot keep, for %s", async (_, broken) => {
      const cookies = cookiesAfter(await answer("POST /sign-in"));
      const { statusCode } = await answer("POST /sign-in", {
        cookies,
        environment: { ...environment, ...broken },
      });
      expect(statusCode).toBe(503);
    });

    test("is byte for byte what deploys", () => {
      expect(deployedBundle("functions/get.ts", condition) === bundleOf("functions/get.ts").text).toBe(true);
    });
  },
);
