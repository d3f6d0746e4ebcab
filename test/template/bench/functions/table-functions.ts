import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { toSessionId } from "../../../../shared/crypto/identifiers.ts";
import { toSessionPk } from "../../../../shared/stores/dynamodb/dynamodb-session-item.ts";
import type { BundleOptions } from "../bundles.ts";
import { asRecommended } from "../dynamodb/express-session.ts";
import { visitorWith } from "../dynamodb/requests.ts";
import { thisProject } from "../dynamodb/this-project.ts";
import { sessionOf } from "../sizes.ts";
import { eventWith } from "./event.ts";
import { eventFor, PROJECT } from "./functions.ts";

/** A whole function that counts visits in DynamoDB, or in a cookie for comparison. */
export interface TableFunction {
  readonly name: string;
  /** The path of its file, relative to `test/template/bench`. */
  readonly entry: string;
  readonly options?: BundleOptions;
  /** Returns an event of a visitor with a small session. */
  readonly event: () => Promise<APIGatewayProxyEventV2>;
}

const VISITS = "../../../functions/visits.ts";
const SDK = "AWS SDK alone: GetItem and UpdateItem";
const EXPRESS = "Express, express-session, connect-dynamodb, serverless-http";

/** Bundles without the aliases that make the SDK small and quick to load in the stack. */
const UNALIASED: BundleOptions = { alias: {} };

/**
 * All functions: the smallest one, to which ratios refer, this project as deployed, and a common stack of
 * libraries.
 */
export const TABLE_FUNCTIONS: readonly TableFunction[] = [
  { name: SDK, entry: "functions/dynamodb-sdk.ts", event: eventOfKey },
  {
    name: `${SDK}, bundled without the stack's aliases`,
    entry: "functions/dynamodb-sdk.ts",
    options: UNALIASED,
    event: eventOfKey,
  },
  {
    name: "**this project** as deployed, sessions in DynamoDB",
    entry: VISITS,
    options: { condition: "dynamodb" },
    event: eventOfSession,
  },
  {
    name: "**this project** as deployed, sessions in cookies",
    entry: VISITS,
    event: () => eventFor({ contestant: PROJECT }),
  },
  { name: EXPRESS, entry: "functions/dynamodb-express.ts", event: eventOfPeer },
  {
    name: `${EXPRESS}, bundled without the stack's aliases`,
    entry: "functions/dynamodb-express.ts",
    options: UNALIASED,
    event: eventOfPeer,
  },
];

async function eventOfSession(): Promise<APIGatewayProxyEventV2> {
  const { cookie = "" } = await visitorWith(thisProject(), sessionOf("S"));
  return eventWith(cookie);
}

async function eventOfPeer(): Promise<APIGatewayProxyEventV2> {
  const { cookie = "" } = await visitorWith(asRecommended(), sessionOf("S"));
  return eventWith(cookie);
}

/** Returns an event whose cookie is the key of a session's item. */
async function eventOfKey(): Promise<APIGatewayProxyEventV2> {
  const { cookie = "" } = await visitorWith(thisProject(), sessionOf("S"));
  const [, key = ""] = /=([\w-]{22})/.exec(cookie) ?? [];
  return eventWith(`pk=${toSessionPk(toSessionId(key))}`);
}
