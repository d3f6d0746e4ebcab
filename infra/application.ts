import { PROJECT_ROOT } from "./bundling.ts";
import { type AddResources, RESOURCES } from "./resources.ts";
import {
  type Deployment,
  type FunctionFile,
  NOT_FOR_PRODUCTION,
  PROVIDER_CLIENTS,
  PROVIDER_LISTENERS,
  type Routes,
  routesOf,
  SESSIONLESS,
} from "./routes.ts";

/** Functions that a stack deploys, with their routes and resources. */
export interface Application {
  /** Folder that the files are relative to. */
  readonly root: string;
  /** Returns the routes of a deployment. */
  readonly routesOf: (deployment: Deployment) => Routes;
  /** Functions without a session. */
  readonly sessionless: readonly FunctionFile[];
  /** Functions that the stage `prod` deploys only with `demo=true`. Default: none. */
  readonly notForProduction?: readonly FunctionFile[];
  /**
   * Functions that call the identity provider of `signIn=oidc`, and may read its client secret. Default:
   * none.
   */
  readonly providerClients?: readonly FunctionFile[];
  /** Functions that verify what the identity provider of `signIn=oidc` sends. Default: none. */
  readonly providerListeners?: readonly FunctionFile[];
  /** Functions that add other resources, such as a table. Default: none. */
  readonly resources?: readonly AddResources[];
}

/** Application of this project: the routes of `routes.ts` and the resources of `resources.ts`. */
export const APPLICATION: Application = {
  root: PROJECT_ROOT,
  routesOf,
  sessionless: SESSIONLESS,
  notForProduction: NOT_FOR_PRODUCTION,
  providerClients: PROVIDER_CLIENTS,
  providerListeners: PROVIDER_LISTENERS,
  resources: RESOURCES,
};
