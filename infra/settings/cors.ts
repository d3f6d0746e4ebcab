import { Duration } from "aws-cdk-lib";
import type { CorsHttpMethod, CorsPreflightOptions } from "aws-cdk-lib/aws-apigatewayv2";
import { CORS_DEFAULTS } from "lambda-sessions/cors";
import type { RouteKey } from "../routes.ts";
import { type Settings, settingOf } from "./settings.ts";

/**
 * Headers besides the safelisted ones that scripts of the trusted origins may send. Add those that your
 * functions read.
 */
const ALLOW_HEADERS: readonly string[] = CORS_DEFAULTS.allowHeaders;

/** Headers besides the safelisted ones that these scripts may read. */
const EXPOSE_HEADERS: readonly string[] = CORS_DEFAULTS.exposeHeaders;

/**
 * Returns the CORS configuration of the API: scripts of `trustedOrigins` may send requests with cookies by
 * the methods of the routes, and read the responses. Origins with a scheme of their own, such as
 * `capacitor://localhost`, are left out, because API Gateway rejects a configuration with them.
 *
 * @returns undefined without such an origin, and with `cors=false`
 */
export function readCors(
  settings: Settings,
  routeKeys: readonly RouteKey[],
): CorsPreflightOptions | undefined {
  const origins = settingOf(settings, "trustedOrigins").filter((origin) => /^https?:/.test(origin));
  if (origins.length === 0 || !settingOf(settings, "cors")) return undefined;
  return {
    allowOrigins: origins,
    allowCredentials: true,
    // No wildcards: browsers take them literally in requests with credentials.
    allowMethods: methodsOf(routeKeys) as CorsHttpMethod[],
    allowHeaders: [...ALLOW_HEADERS],
    exposeHeaders: [...EXPOSE_HEADERS],
    maxAge: Duration.seconds(CORS_DEFAULTS.maxAge),
  };
}

/** Returns the methods of the routes, in alphabetical order. A route for GET serves HEAD too. */
function methodsOf(routeKeys: readonly RouteKey[]): string[] {
  const methods = routeKeys.flatMap((routeKey) => {
    const [method = ""] = routeKey.split(" ");
    if (method === "ANY" || method === "$default") return CORS_DEFAULTS.allowMethods;
    return method === "GET" ? ["GET", "HEAD"] : [method];
  });
  return [...new Set(methods)].filter((method) => method !== "OPTIONS").sort();
}
