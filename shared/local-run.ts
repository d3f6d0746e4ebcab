/**
 * Local run of a CDK stack: `npm start` of a project. Serves the HTTP API of the synthesized template on this
 * machine, with its functions as processes, its tables in an embedded DynamoDB and a provider for its
 * sign-in.
 */
export type { CdkProject } from "./local-run/cdk-project.ts";
export { rotateKey } from "./local-run/keys/rotate-key.ts";
export { LocalRunError } from "./local-run/local-run-error.ts";
export { type LocalServer, type LocalServerOptions, startLocalServer } from "./local-run/local-server.ts";
export { Output } from "./local-run/output.ts";
export { runLocally } from "./local-run/run-locally.ts";
export {
  describeTarget,
  functionsOf,
  readRoutes,
  type StackAuthorizer,
  type StackRoute,
  type StackService,
} from "./local-run/stack/stack-routes.ts";
export type { Resource, StackFunction, Template } from "./local-run/stack/template.ts";
export { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "./local-run/tables/embedded-dynamodb.ts";
