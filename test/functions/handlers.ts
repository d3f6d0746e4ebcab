import type { FunctionFile, Routes } from "../../infra/routes.ts";

/** A handler, for tests that do not look at its types. */
type Handler = (event: never, context: never) => unknown;

/** The handlers of routes, loaded anew where modules were reset. */
export async function handlersOf(routes: Routes): Promise<Record<string, Handler>> {
  const loaded = Object.entries(routes).map(async ([routeKey, file]) => [routeKey, await handlerOf(file)]);
  return Object.fromEntries(await Promise.all(loaded));
}

async function handlerOf(file: FunctionFile): Promise<Handler> {
  return (await import(/* @vite-ignore */ `../../${file}`)).handler;
}
