import { PROJECT_ROOT } from "./bundling.ts";
import { type FunctionFile, type Routes, routesOf, SESSIONLESS } from "./routes.ts";
import type { SessionStack } from "./session-stack.ts";

/** The functions that a stack deploys, and the routes that lead to them. */
export interface Application {
  /** The folder that the files are relative to. */
  readonly root: string;
  /** Returns the routes of a deployment, which may have a table for its sessions or not. */
  readonly routesOf: (deployment: { readonly hasTable: boolean }) => Routes;
  /** The functions that have no session. */
  readonly sessionless: readonly FunctionFile[];
  /**
   * Adds resources of the application's own to a stack whose functions exist already, such as a table or a secret.
   * `stack.functionOf("functions/orders.ts")` returns a function to grant it to. Default: adds none.
   */
  readonly addResources?: (stack: SessionStack) => void;
}

/** This project's own application: the routes of `routes.ts`. Its own tables and secrets belong here, as `addResources`. */
export const APPLICATION: Application = { root: PROJECT_ROOT, routesOf, sessionless: SESSIONLESS };
