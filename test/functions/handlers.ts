import type { FunctionFile, Routes } from "../../infra/routes.ts";

/** A handler of any type. */
type Handler = (event: never, context: never) => unknown;

/**
 * Returns handlers of routes, and those of `probe.ts`. Each is loaded when it is called first, so that a function which
 * cannot be loaded fails no test but its own.
 */
export function handlersOf(routes: Routes): Record<string, Handler> {
  const lazy = Object.entries(routes).map(([routeKey, file]) => [routeKey, lazyHandler(() => load(file))]);
  const probe = lazyHandler(async () => (await import("./probe.ts")).handler);
  return { ...Object.fromEntries(lazy), "GET /probe": probe, "POST /probe": probe };
}

/** Loads the handlers of routes at once, with the environment of this moment. */
export async function loadHandlers(routes: Routes): Promise<Record<string, Handler>> {
  const loaded = Object.entries(routes).map(async ([routeKey, file]) => [routeKey, await load(file)]);
  return Object.fromEntries(await Promise.all(loaded));
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
