import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Application } from "./application.ts";
import { AUTHORIZER, type AuthorizedTarget, filesOf, isUrl } from "./authorized.ts";
import type { RouteKey, Routes } from "./routes.ts";
import { applyAssurance } from "./settings/assurance.ts";
import { readCors } from "./settings/cors.ts";
import { type CustomDomain, readCustomDomain } from "./settings/custom-domain.ts";
import { refuseManyKeys } from "./settings/key-rotation.ts";
import { checkSettings } from "./settings/read-settings.ts";
import { refuseContradictions, refuseUnusedPath } from "./settings/session-environment.ts";
import { storageOf } from "./settings/session-storage.ts";
import { createContradiction, SettingError } from "./settings/setting-error.ts";
import { type Settings, settingOf } from "./settings/settings.ts";
import { hasBackChannelLogout, hasOidc, refuseBrokenSignIn } from "./settings/sign-in.ts";
import { refuseSilentAlarms } from "./settings/stage.ts";

/** Settings, routes and host name of a stack, which fit each other. */
export interface StackPlan {
  /** Settings as given, with those of the assurance level. */
  readonly settings: Settings;
  readonly routes: Routes;
  readonly domain: CustomDomain | undefined;
}

/**
 * Checks the settings among a stack's properties, and returns what they choose.
 *
 * @param region region of the stack, if it is known
 * @throws SettingError if a setting is invalid or contradicts another, a route or the region
 */
export function planStack(props: object, application: Application, region: string | undefined): StackPlan {
  const settings = applyAssurance(checkSettings({ ...props }));
  refuseContradictions(settings);
  refuseManyKeys(settings);
  refuseSilentAlarms(settings);
  refuseBrokenSignIn(settings);
  const routes = application.routesOf({
    hasTable: storageOf(settings) !== "cookie",
    hasOidc: hasOidc(settings),
    hasBackChannel: hasBackChannelLogout(settings),
  });
  refuseBrokenRoutes(settings, application, routes);
  refuseUnusedPath(settings, sessionRoutesOf(routes, application));
  return { settings, routes, domain: readCustomDomain(settings, region) };
}

/** Returns the routes of functions with a session, and those behind the authorizer. */
function sessionRoutesOf(routes: Routes, { sessionless }: Application): RouteKey[] {
  const withSession = Object.entries(routes).filter(
    ([, target]) => typeof target !== "string" || !sessionless.includes(target),
  );
  return withSession.map(([routeKey]) => routeKey as RouteKey);
}

/** Rejects routes that contradict the settings, or that name an authorizer which does not exist. */
function refuseBrokenRoutes(settings: Settings, application: Application, routes: Routes): void {
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
