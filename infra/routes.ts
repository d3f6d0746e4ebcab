import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { demoRoutes } from "./demo-routes.ts";

/**
 * API Gateway's route key: a method or `ANY`, a space, and a path whose parts may be `{name}` or `{name+}`; or
 * `$default`, which gets what no other route does.
 */
export type RouteKey = `${HttpMethod} /${string}` | "$default";

/** A file that exports `handler`, relative to the project's root. */
export type FunctionFile = `functions/${string}.ts`;

/** Which function answers which route. Routes that name the same file share one function. */
export type Routes = Readonly<Record<Exclude<RouteKey, "$default">, FunctionFile>> & {
  readonly $default?: FunctionFile;
};

/** The routes of every deployment. A new route is a line here and its file. */
export const ROUTES: Routes = {
  "GET /": "functions/home.ts",
  "GET /set": "functions/set.ts",
  "GET /get": "functions/get.ts",
  "GET /visits": "functions/visits.ts",
  "GET /session": "functions/session.ts",
  "POST /sign-in": "functions/sign-in.ts",
  "POST /sign-out": "functions/sign-out.ts",
};

/** Further routes of a deployment that can list and end its users' sessions: `storage=dynamodb` or `storage=revocable-cookie`. */
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

/** The functions without a session. They may read neither the secret keys nor the table. */
export const SESSIONLESS: readonly FunctionFile[] = [];

/** What rotates the secret keys. It has no route: Secrets Manager calls it. */
export const ROTATION_FUNCTION: FunctionFile = "functions/schedule/rotate-keys.ts";
