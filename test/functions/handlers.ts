import { fileOf } from "../../infra/authorized.ts";
import { type FunctionFile, type Routes, servesHead } from "../../infra/routes.ts";

/** Handler of any type. */
type Handler = (event: never, context: never) => unknown;

/**
 * Returns the handlers of routes and of `probe.ts`. As in the stack, routes for GET serve HEAD. Each is
 * loaded at its first call, so that a function that cannot be loaded fails only its own tests.
 */
export function handlersOf(routes: Routes): Record<string, Handler> {
  const lazy = fileEntries(routes).flatMap(([routeKey, file]) => {
    const handler = lazyHandler(() => load(file));
    const keys = servesHead(routeKey, routes) ? [routeKey, routeKey.replace("GET", "HEAD")] : [routeKey];
    return keys.map((key) => [key, handler]);
  });
  const probe = lazyHandler(async () => (await import("./probe.ts")).handler);
  return { ...Object.fromEntries(lazy), "GET /probe": probe, "POST /probe": probe };
}

/** Loads the handlers of routes immediately, with the current environment. */
export async function loadHandlers(routes: Routes): Promise<Record<string, Handler>> {
  const loaded = fileEntries(routes).map(async ([routeKey, file]) => [routeKey, await load(file)]);
  return Object.fromEntries(await Promise.all(loaded));
}

/** Returns the routes to functions, with their files. An authorizer does not run here. */
function fileEntries(routes: Routes): [routeKey: string, file: FunctionFile][] {
  return Object.entries(routes).flatMap(([routeKey, target]) => {
    const file = fileOf(target);
    return file === undefined ? [] : [[routeKey, file]];
  });
}

function lazyHandler(load: () => Promise<Handler>): Handler {
  let handler: Promise<Handler> | undefined;
  return async (event, context) => {
    handler ??= load();
    return (await handler)(event, context);
  };
}

async function load(file: FunctionFile): Promise<Handler> {
  return (await import(/* @vite-ignore */ `../../${file}`)).handler;
}
