import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { BundleOptions } from "../bundles.ts";
import { COMPRESSING, CONTESTANTS } from "../contestants/index.ts";
import { SECRET } from "../contestants/secret.ts";
import { sessionOf } from "../sizes.ts";
import { eventWith } from "./event.ts";

/** A whole function that counts visits. */
export interface BenchFunction {
  readonly name: string;
  /** The path of its file, relative to `test/template/bench`. */
  readonly entry: string;
  /** The name of the contestant whose cookie it reads. */
  readonly contestant: string;
  /** The options of its bundle in addition to those of the deployment. */
  readonly options?: BundleOptions;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The name of this project with a key in the code. */
export const PROJECT = "**this project**";

/** Allows a bundle to load a native module. */
const CREATE_REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * All functions: the smallest one, to which ratios refer, this project with a key in the code, and the peers.
 */
export const FUNCTIONS: readonly BenchFunction[] = [
  { name: "floor", entry: "functions/floor.ts", contestant: "floor" },
  { name: "floor with zlib", entry: "functions/floor-zlib.ts", contestant: "floor with zlib" },
  { name: PROJECT, entry: "functions/this-project.ts", contestant: PROJECT },
  {
    name: "**this project** as deployed (functions/visits.ts)",
    entry: "../../../functions/visits.ts",
    contestant: PROJECT,
    environment: { SESSION_SECRET_KEYS: JSON.stringify([SECRET]) },
  },
  {
    name: "@fastify/secure-session, Fastify included",
    entry: "functions/secure-session.ts",
    contestant: "@fastify/secure-session",
    options: { external: ["sodium-native"], banner: { js: CREATE_REQUIRE } },
  },
  {
    name: "cookie + cookie-signature",
    entry: "functions/by-hand.ts",
    contestant: "cookie + cookie-signature",
  },
  { name: "cookie-session", entry: "functions/cookie-session.ts", contestant: "cookie-session" },
  { name: "react-router", entry: "functions/react-router.ts", contestant: "react-router" },
  { name: "iron-session", entry: "functions/iron-session.ts", contestant: "iron-session" },
];

/** Returns an event of a visitor with a small session. */
export async function eventFor({
  contestant,
}: Pick<BenchFunction, "contestant">): Promise<APIGatewayProxyEventV2> {
  const issuer = [...CONTESTANTS, ...COMPRESSING].find(({ name }) => name === contestant);
  if (issuer === undefined) throw new Error(`no contestant has the name ${contestant}`);
  return eventWith(await issuer.issue(sessionOf("S")));
}
