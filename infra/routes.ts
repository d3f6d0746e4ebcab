import type { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { authorized, type Target } from "./authorized.ts";
import { DEMO_FILES, demoRoutes } from "./demo-routes.ts";

/**
 * Route key of API Gateway: a method or `ANY`, a space, and a path whose parts may be `{name}` or `{name+}`;
 * or `$default`, which matches requests that no other route matches.
 */
export type RouteKey = `${HttpMethod} /${string}` | "$default";

/** File that exports `handler`, relative to the project's root. */
export type FunctionFile = `functions/${string}.ts`;

/**
 * Targets by route key: a file, or `authorized(…)` for users who are signed in. Routes with the same file
 * share one function.
 */
export type Routes = Readonly<Record<Exclude<RouteKey, "$default">, Target>> & {
  readonly $default?: Target;
};

export { authorized };

/** Routes of every deployment. To add a route, add a line here and its file. */
export const ROUTES: Routes = {
  "GET /": "functions/home.ts",
  "GET /set": "functions/set.ts",
  "GET /get": "functions/get.ts",
  "GET /visits": "functions/visits.ts",
  "GET /session": "functions/session.ts",
};

/** Further routes of a deployment that signs visitors in itself. */
export const OWN_SIGN_IN_ROUTES: Routes = {
  "POST /sign-in": "functions/sign-in.ts",
  "POST /sign-out": "functions/sign-out.ts",
};

/**
 * Further routes of a deployment with `signIn=oidc`. One function signs visitors in and out at the provider.
 */
export const OIDC_ROUTES: Routes = {
  "GET /sign-in": "functions/oidc/sign-in.ts",
  "GET /sign-in/callback": "functions/oidc/sign-in.ts",
  "POST /sign-in/callback": "functions/oidc/sign-in.ts",
  "POST /sign-out": "functions/oidc/sign-in.ts",
  "GET /signed-out": "functions/oidc/sign-in.ts",
};

/** Further route of a deployment with `backChannelLogout`, by which the provider ends sessions. */
export const BACK_CHANNEL_ROUTES: Routes = {
  "POST /sign-out/back-channel": "functions/oidc/back-channel.ts",
};

/**
 * Further routes of a deployment that can list and end its users' sessions: `storage=dynamodb` or
 * `storage=revocable-cookie`.
 */
export const USER_SESSION_ROUTES: Routes = {
  "GET /sessions": "functions/sessions.ts",
  "POST /sessions/end": "functions/sessions-end.ts",
};

/** Parts of a deployment that decide its routes. */
export interface Deployment {
  /** True if it can list and end its users' sessions. */
  readonly hasTable: boolean;
  /** True if an identity provider signs visitors in. Default: false. */
  readonly hasOidc?: boolean;
  /** True if the identity provider can end sessions. Default: false. */
  readonly hasBackChannel?: boolean;
}

/** Returns the routes of a deployment. */
export function routesOf(deployment: Deployment): Routes {
  const { hasTable, hasOidc = false, hasBackChannel = false } = deployment;
  return {
    ...ROUTES,
    ...(hasOidc ? OIDC_ROUTES : OWN_SIGN_IN_ROUTES),
    ...(hasBackChannel && BACK_CHANNEL_ROUTES),
    ...(hasTable && USER_SESSION_ROUTES),
    ...demoRoutes(deployment),
  };
}

/** Returns whether a GET route also serves HEAD: unless its path has a route for `HEAD` or `ANY`. */
export function servesHead(routeKey: string, routes: Routes): boolean {
  const [method, path] = routeKey.split(" ");
  return method === "GET" && !(`HEAD ${path}` in routes) && !(`ANY ${path}` in routes);
}

/** Functions without a session. They may read neither the secret keys nor the table. */
export const SESSIONLESS: readonly FunctionFile[] = [];

/**
 * Functions that call the identity provider with `signIn=oidc`, and so may read the client secret. Add those
 * with `withProviderTokens`.
 */
export const PROVIDER_CLIENTS: readonly FunctionFile[] = ["functions/oidc/sign-in.ts"];

/** Functions that verify what the identity provider sends, which needs no client secret. */
export const PROVIDER_LISTENERS: readonly FunctionFile[] = ["functions/oidc/back-channel.ts"];

/**
 * Functions that sign in every visitor under any name. The stage `prod` does not deploy them, unless
 * `demo=true`.
 */
export const NOT_FOR_PRODUCTION: readonly FunctionFile[] = [
  // Remove a line when its function asks your identity provider who the visitor is.
  "functions/sign-in.ts",
  ...DEMO_FILES,
];

/** File of the function that rotates the secret keys. It has no route, because Secrets Manager invokes it. */
export const ROTATION_FUNCTION: FunctionFile = "functions/schedule/rotate-keys.ts";
