/**
 * OpenID provider on this machine, for the local run and for tests of a sign-in: real protocol, people of a
 * JSON file, no passwords.
 */
export {
  type LocalProvider,
  type LocalProviderOptions,
  startLocalProvider,
} from "./local-provider/local-provider.ts";
export type { Person } from "./local-provider/people.ts";
export type { ProviderClient } from "./local-provider/provider-client.ts";
export { type ApplicationRequest, ProviderVisitor } from "./local-provider/provider-visitor.ts";
export type { SigningAlgorithm } from "./local-provider/signing-keys.ts";
