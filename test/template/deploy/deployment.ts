import { randomBytes } from "node:crypto";
import type { Context } from "./cdk.ts";

/**
 * The settings of the stacks that are deployed, by the storage that they show. The stack `dynamodb` also
 * serves clients without cookies.
 */
export const STACKS = {
  cookie: { monitoring: "true" },
  "revocable-cookie": { storage: "revocable-cookie" },
  dynamodb: { storage: "dynamodb", sessionTransport: "both" },
} as const satisfies Record<string, Context>;

/**
 * The settings of the stack whose visitors sign in at the local provider, and which has the examples. It is
 * deployed on the emulator only, because nothing on AWS reaches a provider or a service on this machine.
 */
export const SIGN_IN_STACK = {
  storage: "dynamodb",
  signIn: "oidc",
  oidcClientId: "deployed",
  trustedOrigins: "https://shop.example",
} as const satisfies Context;

/** The examples in the same stack: pages of `shared/docs`, and the files of each. */
export const EXAMPLES: readonly (readonly [page: string, files: readonly string[]])[] = [
  ["web.md", ["functions/hono.ts", "functions/react-router.ts", "functions/powertools.ts"]],
  ["node.md", ["functions/express.ts"]],
  ["middy.md", ["functions/middy.ts"]],
  ["authorizer.md", ["functions/authorizer.ts", "functions/reports.ts"]],
];

/** A name of one of the stacks. */
export type StackKind = keyof typeof STACKS;

/** A deployed stack. */
export interface DeployedStack {
  readonly name: string;
  /** The URL in the stack's output `Url`. */
  readonly url: string;
}

/** A deployed stack whose visitors sign in at a provider. */
export interface SignInStack extends DeployedStack {
  /** The issuer, an address of this machine. The tests start the provider there. */
  readonly issuer: string;
  /** The address of the examples' HTTP service on this machine. The tests start it there. */
  readonly service: string;
}

/** The deployed stacks and their place. */
export interface Deployment {
  readonly stacks: Readonly<Record<StackKind, DeployedStack>>;
  /** The stack whose visitors sign in at a provider; undefined on AWS. */
  readonly signIn?: SignInStack | undefined;
  /** The prefix of the names of these stacks, and so of their resources. */
  readonly prefix: string;
  /** The emulator's URL; undefined on AWS. */
  readonly emulator?: string | undefined;
}

/** The environment variable that passes the deployment to the tests, as JSON. */
export const DEPLOYMENT = "DEPLOYMENT";

/** Returns the deployment that run.ts created for the tests. */
export function deployment(): Deployment {
  const told = process.env[DEPLOYMENT];
  if (told === undefined) throw new Error("DEPLOYMENT is not set: start this test with npm run test:deploy");
  return JSON.parse(told);
}

/** Returns a prefix that no other run uses, so that two runs in one account do not collide. */
export function newPrefix(): string {
  return `SessionsTest${randomBytes(4).toString("hex")}`;
}
