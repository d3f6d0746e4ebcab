import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Application } from "./application.ts";
import { AUTHORIZER, type AuthorizedTarget, fileOf, filesOf, isUrl } from "./authorized.ts";
import type { FunctionFile, RouteKey, Routes } from "./routes.ts";
import { readCors } from "./settings/cors.ts";
import { createContradiction, SettingError } from "./settings/setting-error.ts";
import { type Settings, settingOf } from "./settings/settings.ts";
import { hasOidc } from "./settings/sign-in.ts";

/** Methods of a route key. */
const METHOD = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /;

/**
 * Rejects routes that API Gateway does not accept, that name a function which does not exist, or that
 * contradict the settings.
 *
 * @throws SettingError that names the route, the file or the service, and the remedy
 */
export function refuseBrokenRoutes(settings: Settings, application: Application, routes: Routes): void {
  for (const routeKey of Object.keys(routes)) refuseInvalidKey(routeKey);
  refuseOpenSignIns(settings, application, routes);
  refuseBrokenGuards(settings, application, routes);
  for (const [routeKey, target] of Object.entries(routes))
    refuseMissingFile(routeKey, fileOf(target), application.root);
}

/** Rejects routes for users who are signed in, if the authorizer does not exist or cannot protect them. */
function refuseBrokenGuards(settings: Settings, application: Application, routes: Routes): void {
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

/**
 * Rejects a key that is no method and path. The type excludes most of them, but nothing checks types here.
 */
function refuseInvalidKey(routeKey: string): void {
  const path = routeKey.replace(METHOD, "");
  if (routeKey === "$default" || (path !== routeKey && /^\/(|.*[^/])$/.test(path))) return;
  throw new SettingError(
    `The route ${routeKey} must be a method or ANY, a space and a path such as /orders/{id}, without a slash at its end. Correct it in infra/routes.ts.`,
  );
}

/** Rejects a file that does not exist, such as one that was renamed. */
function refuseMissingFile(routeKey: string, file: FunctionFile | undefined, root: string): void {
  if (file === undefined || existsSync(join(root, file))) return;
  throw new SettingError(
    `The route ${routeKey} names ${file}, which does not exist. Create the file, or correct the route in infra/routes.ts.`,
  );
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
