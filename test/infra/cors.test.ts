import { describe, expect, test } from "vitest";
import type { RouteKey } from "../../infra/routes.ts";
import { readCors } from "../../infra/settings/cors.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const APP = "https://app.example.com";
const LOCAL_APP = "http://localhost:5173";

/** Returns the CORS configuration of the API in a stack with these settings. */
function corsOf(settings: Settings): unknown {
  const [[, api] = []] = resourcesOf(synthesize(settings), "AWS::ApiGatewayV2::Api");
  return api?.Properties.CorsConfiguration;
}

describe("the API", () => {
  test("with trustedOrigins, scripts of these origins may send requests with cookies and read the responses", () => {
    expect(corsOf({ trustedOrigins: [APP, LOCAL_APP] })).toEqual({
      AllowOrigins: [APP, LOCAL_APP],
      AllowCredentials: true,
      AllowMethods: ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
      AllowHeaders: ["authorization", "content-type", "session-transport"],
      ExposeHeaders: ["retry-after", "session-token"],
      MaxAge: 7200,
    });
  });

  test("without trustedOrigins, the API has no CORS configuration, as before", () => {
    expect(corsOf({})).toBeUndefined();
    expect(corsOf({ publicOrigin: APP })).toBeUndefined();
  });

  test("with cors=false, API Gateway adds no CORS headers, and the functions still trust the origins", () => {
    const template = synthesize({ trustedOrigins: [APP], cors: false });
    expect(corsOf({ trustedOrigins: [APP], cors: false })).toBeUndefined();
    expect(JSON.stringify(template.toJSON())).toContain(`"SESSION_TRUSTED_ORIGINS":"[\\"${APP}\\"]"`);
  });

  test("an origin with a scheme of its own is left out, because API Gateway rejects it", () => {
    expect(corsOf({ trustedOrigins: ["capacitor://localhost"] })).toBeUndefined();
    expect(corsOf({ trustedOrigins: ["capacitor://localhost", APP] })).toMatchObject({ AllowOrigins: [APP] });
  });
});

test.each<[RouteKey[], string[]]>([
  [
    ["POST /a", "GET /a", "PUT /b"],
    ["GET", "HEAD", "POST", "PUT"],
  ],
  [["OPTIONS /a", "POST /a"], ["POST"]],
  [["ANY /a"], ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]],
  [
    ["GET /a", "$default"],
    ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
  ],
])(
  "with the routes %j, the methods %j are allowed and no wildcard, which browsers reject with cookies",
  (routes, methods) => {
    expect(readCors({ trustedOrigins: [APP] }, routes)?.allowMethods).toEqual(methods);
  },
);
