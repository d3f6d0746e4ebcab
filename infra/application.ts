import { PROJECT_ROOT } from "./bundling.ts";
import { type AddResources, RESOURCES } from "./resources.ts";
import { type FunctionFile, type Routes, routesOf, SESSIONLESS } from "./routes.ts";

/** Functions that a stack deploys, with their routes and resources. */
export interface Application {
  /** Folder that the files are relative to. */
  readonly root: string;
  /** Returns the routes of a deployment with or without a table for sessions. */
  readonly routesOf: (deployment: { readonly hasTable: boolean }) => Routes;
  /** Functions without a session. */
  readonly sessionless: readonly FunctionFile[];
  /** Functions that add other resources, such as a table. Default: none. */
  readonly resources?: readonly AddResources[];
}

/** Application of this project: the routes of `routes.ts` and the resources of `resources.ts`. */
export const APPLICATION: Application = {
  root: PROJECT_ROOT,
  routesOf,
  sessionless: SESSIONLESS,
  resources: RESOURCES,
};
