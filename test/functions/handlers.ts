import type { FunctionFile, Routes } from "../../infra/routes.ts";

/** Handler of any type. */
type Handler = (event: never, context: never) => unknown;

/**
 * Returns the handlers of routes and of `probe.ts`. Each is loaded at its first call, so that a function that
 * cannot be loaded fails only its own tests.
 */
export function handlersOf(routes: Routes): Record<string, Handler> {
  const lazy = Object.entries(routes).map(([routeKey, file]) => [routeKey, lazyHandler(() => load(file))]);
  const probe = lazyHandler(async () => (await import("./probe.ts")).handler);
  return { ...Object.fromEntries(lazy), "GET /probe": probe, "POST /probe": probe };
}

/** Loads the handlers of routes immediately, with the current environment. */
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
