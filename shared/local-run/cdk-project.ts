import type { BuildOptions } from "esbuild";

/** Project whose CDK app is synthesized and whose functions run locally. */
export interface CdkProject {
  /** Root folder, with `cdk.json`. */
  readonly root: string;
  /**
   * Returns esbuild's options for a function with these conditions, without entry and output. They are those
   * of the deployment, so that the same code runs here.
   */
  readonly bundling: (conditions: readonly string[]) => BuildOptions;
  /** File of the people who can sign in at the local provider, relative to the root. */
  readonly people: string;
  /**
   * Returns whether a stack with this CDK context lets an identity provider end sessions.
   *
   * @throws Error whose message is a sentence for the developer, for an invalid setting
   */
  readonly hasBackChannelLogout: (context: Readonly<Record<string, unknown>>) => boolean;
}
