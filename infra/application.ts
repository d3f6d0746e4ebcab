import { PROJECT_ROOT } from "./bundling.ts";
import { type AddResources, RESOURCES } from "./resources.ts";
import { type FunctionFile, type Routes, routesOf, SESSIONLESS } from "./routes.ts";

/** The functions that a stack deploys, and the routes that lead to them. */
export interface Application {
  /** The folder that the files are relative to. */
  readonly root: string;
  /** Returns the routes of a deployment, which may have a table for its sessions or not. */
  readonly routesOf: (deployment: { readonly hasTable: boolean }) => Routes;
  /** The functions that have no session. */
  readonly sessionless: readonly FunctionFile[];
  /** Add resources of its own, such as a table. Default: none. */
  readonly resources?: readonly AddResources[];
}

/** This project's own application: the routes of `routes.ts` and the resources of `resources.ts`. */
export const APPLICATION: Application = {
  root: PROJECT_ROOT,
  routesOf,
  sessionless: SESSIONLESS,
  resources: RESOURCES,
};
