import { existsSync } from "node:fs";
import { join } from "node:path";
import { AUTHORIZER, type AuthorizedTarget, filesOf, isUrl } from "./authorized.ts";
import { PROJECT_ROOT } from "./bundling.ts";
import { type AddResources, RESOURCES } from "./resources.ts";
import {
  type Deployment,
  type FunctionFile,
  NOT_FOR_PRODUCTION,
  PROVIDER_CLIENTS,
  PROVIDER_LISTENERS,
  type RouteKey,
  type Routes,
  routesOf,
  SESSIONLESS,
} from "./routes.ts";
import { readCors } from "./settings/cors.ts";
import { createContradiction, SettingError } from "./settings/setting-error.ts";
import { type Settings, settingOf } from "./settings/settings.ts";
import { hasOidc } from "./settings/sign-in.ts";

/** Functions that a stack deploys, with their routes and resources. */
export interface Application {
  /** Folder that the files are relative to. */
  readonly root: string;
  /** Returns the routes of a deployment. */
  readonly routesOf: (deployment: Deployment) => Routes;
  /** Functions without a session. */
  readonly sessionless: readonly FunctionFile[];
  /** Functions that the stage `prod` deploys only with `demo=true`. Default: none. */
  readonly notForProduction?: readonly FunctionFile[];
  /**
   * Functions that call the identity provider of `signIn=oidc`, and may read its client secret. Default:
   * none.
   */
  readonly providerClients?: readonly FunctionFile[];
  /** Functions that verify what the identity provider of `signIn=oidc` sends. Default: none. */
  readonly providerListeners?: readonly FunctionFile[];
  /** Functions that add other resources, such as a table. Default: none. */
  readonly resources?: readonly AddResources[];
}

/** Application of this project: the routes of `routes.ts` and the resources of `resources.ts`. */
export const APPLICATION: Application = {
  root: PROJECT_ROOT,
  routesOf,
  sessionless: SESSIONLESS,
  notForProduction: NOT_FOR_PRODUCTION,
  providerClients: PROVIDER_CLIENTS,
  providerListeners: PROVIDER_LISTENERS,
  resources: RESOURCES,
};

/**
 * Rejects routes that contradict the settings, or that name a function which does not exist.
 *
 * @throws SettingError that names the route, the file or the service, and the remedy
 */
export function refuseBrokenRoutes(settings: Settings, application: Application, routes: Routes): void {
  refuseOpenSignIns(settings, application, routes);
  const guarded = Object.entries(routes).filter(
    (route): route is [string, AuthorizedTarget] => typeof route[1] !== "string",
  );
  const [[first] = []] = guarded;
  if (first === undefined) return;
  if (!existsSync(join(application.root, AUTHORIZER)))
    throw new SettingError(
      `The route ${first} is for users who are signed in, but ${AUTHORIZER} does not exist. Create it: node_modules/lambda-sessions/docs/authorizer.md shows the whole file.`,
    );
  for (const [routeKey, target] of guarded) {
    refuseDeniedPreflight(settings, routeKey as RouteKey);
    refuseForwardedToken(settings, target);
  }
}

/** Rejects functions that are not for production in the stage `prod`, unless `demo=true`. */
function refuseOpenSignIns(settings: Settings, { notForProduction = [] }: Application, routes: Routes): void {
  if (settingOf(settings, "stage") !== "prod" || settingOf(settings, "demo")) return;
  const refused = filesOf(routes).filter((file) => notForProduction.includes(file));
  if (refused.length === 0) return;
  const places = [...new Set(refused.map((file) => file.split("/").slice(0, 2).join("/")))].join(" and ");
  throw createContradiction("stage", "prod", `would deploy ${places}, ${remedyOf(settings)}`);
}

/**
 * Rejects a route with the authorizer that matches preflight requests, which bring no cookies and would be
 * denied.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
function refuseDeniedPreflight(settings: Settings, routeKey: RouteKey): void {
  if (!/^(ANY |OPTIONS |\$default$)/.test(routeKey) || !readCors(settings, [routeKey])) return;
  throw createContradiction(
    "cors",
    true,
    `would deny the preflight requests of ${routeKey}, which match its authorizer. Name the methods of this route, such as GET and POST, or choose cors=false`,
  );
}

/**
 * Rejects a service that would receive the tokens of clients without cookies. API Gateway reserves
 * `Authorization`, so no mapping can remove it.
 */
function refuseForwardedToken(settings: Settings, { target, receivesTokens }: AuthorizedTarget): void {
  const transport = settingOf(settings, "sessionTransport");
  if (transport === "cookie" || !isUrl(target) || receivesTokens) return;
  throw createContradiction(
    "sessionTransport",
    transport,
    `would send the tokens of users to ${target}, which could act as these users. If it may, say so with receivesTokens: true in infra/routes.ts`,
  );
}

function remedyOf(settings: Settings): string {
  const removal =
    "remove these files from NOT_FOR_PRODUCTION in infra/routes.ts " +
    "(the template's npm run adopt -- --without-demo removes the demo), or deploy them as they are with demo=true";
  return hasOidc(settings)
    ? `which NOT_FOR_PRODUCTION in infra/routes.ts names. If they are for production, ${removal}`
    : `which sign in every visitor under any name. Connect your identity provider with signIn=oidc, or your own one and ${removal}`;
}
