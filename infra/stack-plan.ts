import type { Application } from "./application.ts";
import { refuseBrokenRoutes } from "./refuse-broken-routes.ts";
import type { RouteKey, Routes } from "./routes.ts";
import { applyAssurance } from "./settings/assurance.ts";
import { type CustomDomain, readCustomDomain } from "./settings/custom-domain.ts";
import { refuseManyKeys } from "./settings/key-rotation.ts";
import { checkSettings } from "./settings/read-settings.ts";
import { refuseContradictions, refuseUnusedPath } from "./settings/session-environment.ts";
import { storageOf } from "./settings/session-storage.ts";
import type { Settings } from "./settings/settings.ts";
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
