import { randomBytes } from "node:crypto";
import type { Context } from "./cdk.ts";

/** The stacks that are deployed, by what they show, with their settings. */
export const STACKS = {
  cookie: { monitoring: "true" },
  "revocable-cookie": { storage: "revocable-cookie" },
  dynamodb: { storage: "dynamodb" },
} as const satisfies Record<string, Context>;

/** Where sessions are kept in a stack. */
export type StackKind = keyof typeof STACKS;

/** A stack that is deployed. */
export interface DeployedStack {
  readonly name: string;
  /** Its output `Url`. */
  readonly url: string;
}

/** What was deployed, and where. */
export interface Deployment {
  readonly stacks: Readonly<Record<StackKind, DeployedStack>>;
  /** The beginning of the names of these stacks, and so of what is theirs. */
  readonly prefix: string;
  /** The emulator's URL; undefined on AWS. */
  readonly emulator?: string | undefined;
}

/** The environment variable that tells the tests what was deployed, as JSON. */
export const DEPLOYMENT = "DEPLOYMENT";

/** What run.ts deployed for the tests. */
export function deployment(): Deployment {
  const told = process.env[DEPLOYMENT];
  if (told === undefined) throw new Error("start this test with npm run test:deploy");
  return JSON.parse(told);
}

/** A prefix that no other run has, so that two runs in one account do not meet. */
export function newPrefix(): string {
  return `SessionsTest${randomBytes(4).toString("hex")}`;
}
