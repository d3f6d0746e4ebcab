import { randomBytes } from "node:crypto";
import type { Context } from "./cdk.ts";

/** The settings of the stacks that are deployed, by the storage that they show. */
export const STACKS = {
  cookie: { monitoring: "true" },
  "revocable-cookie": { storage: "revocable-cookie" },
  dynamodb: { storage: "dynamodb" },
} as const satisfies Record<string, Context>;

/** A name of one of the stacks. */
export type StackKind = keyof typeof STACKS;

/** A deployed stack. */
export interface DeployedStack {
  readonly name: string;
  /** The URL in the stack's output `Url`. */
  readonly url: string;
}

/** The deployed stacks and their place. */
export interface Deployment {
  readonly stacks: Readonly<Record<StackKind, DeployedStack>>;
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
