/** Lambda authorizer for HTTP APIs, REST APIs and WebSocket APIs, which opens the session of a visitor. */
export type { AuthorizerContext, Claim, ClaimValue } from "./adapters/authorizer/authorizer-context.ts";
export type { AuthorizerEvent, WebSocketAuthorizerEvent } from "./adapters/authorizer/authorizer-event.ts";
export type {
  AuthorizerResult,
  PolicyResult,
  SimpleResult,
} from "./adapters/authorizer/authorizer-result.ts";
export {
  type Authorizer,
  type AuthorizerOptions,
  createAuthorizer,
} from "./adapters/authorizer/create-authorizer.ts";
