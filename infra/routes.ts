import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";

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
  "GET /set": "functions/set.ts",
  "GET /get": "functions/get.ts",
  "GET /visits": "functions/visits.ts",
  "GET /session": "functions/session.ts",
  "POST /sign-in": "functions/sign-in.ts",
  "POST /sign-out": "functions/sign-out.ts",
};

/** Further routes of a deployment that can list and end its users' sessions: `store=dynamodb`, or `revocation`. */
export const USER_SESSION_ROUTES: Routes = {
  "GET /sessions": "functions/sessions.ts",
  "POST /sessions/end": "functions/sessions-end.ts",
};

/**
 * The page that shows a session at work, which takes some of the routes above over to tell what they cost. Without these
 * and `functions/demo/` the others are as they were, and what no route matches gets API Gateway's own 404.
 */
export const DEMO_ROUTES: Routes = {
  "GET /": "functions/demo/home.ts",
  "POST /visits": "functions/demo/visits.ts",
  "POST /keys": "functions/demo/keys.ts",
  "POST /tamper": "functions/demo/tamper.ts",
  "POST /sign-in": "functions/demo/sign-in.ts",
  "POST /sign-out": "functions/demo/sign-out.ts",
  $default: "functions/demo/not-found.ts",
};

/** Likewise, of a deployment that can list and end its users' sessions. */
export const DEMO_USER_SESSION_ROUTES: Routes = {
  "POST /sessions/end": "functions/demo/sessions-end.ts",
};

/** All routes of a deployment. */
export function routesOf({ hasTable }: { readonly hasTable: boolean }): Routes {
  const users = hasTable && { ...USER_SESSION_ROUTES, ...DEMO_USER_SESSION_ROUTES };
  return { ...ROUTES, ...DEMO_ROUTES, ...users };
}

/** The functions that have no session: they may read neither keys nor table. */
export const SESSIONLESS: readonly FunctionFile[] = ["functions/demo/not-found.ts"];

/** What rotates the secret keys. It has no route: Secrets Manager calls it. */
export const ROTATION_FUNCTION: FunctionFile = "functions/schedule/rotate-keys.ts";
