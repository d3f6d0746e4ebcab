import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { demoRoutes } from "./demo-routes.ts";

/**
 * Route key of API Gateway: a method or `ANY`, a space, and a path whose parts may be `{name}` or `{name+}`;
 * or `$default`, which matches requests that no other route matches.
 */
export type RouteKey = `${HttpMethod} /${string}` | "$default";

/** File that exports `handler`, relative to the project's root. */
export type FunctionFile = `functions/${string}.ts`;

/** Files by route key. Routes with the same file share one function. */
export type Routes = Readonly<Record<Exclude<RouteKey, "$default">, FunctionFile>> & {
  readonly $default?: FunctionFile;
};

/** Routes of every deployment. To add a route, add a line here and its file. */
export const ROUTES: Routes = {
  "GET /": "functions/home.ts",
  "GET /set": "functions/set.ts",
  "GET /get": "functions/get.ts",
  "GET /visits": "functions/visits.ts",
  "GET /session": "functions/session.ts",
  "POST /sign-in": "functions/sign-in.ts",
  "POST /sign-out": "functions/sign-out.ts",
};

/**
 * Further routes of a deployment that can list and end its users' sessions: `storage=dynamodb` or
 * `storage=revocable-cookie`.
 */
export const USER_SESSION_ROUTES: Routes = {
  "GET /sessions": "functions/sessions.ts",
  "POST /sessions/end": "functions/sessions-end.ts",
};

/** Returns the routes of a deployment. */
export function routesOf({ hasTable }: { readonly hasTable: boolean }): Routes {
  return {
    ...ROUTES,
    ...(hasTable && USER_SESSION_ROUTES),
    ...demoRoutes({ hasTable }),
  };
}

/** Functions without a session. They may read neither the secret keys nor the table. */
export const SESSIONLESS: readonly FunctionFile[] = [];

/** File of the function that rotates the secret keys. It has no route, because Secrets Manager invokes it. */
export const ROTATION_FUNCTION: FunctionFile = "functions/schedule/rotate-keys.ts";
