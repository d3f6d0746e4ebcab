import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SdkSha256 } from "./sdk-sha256.ts";

/** Number of tries for a call. */
const ATTEMPTS = 3;

/** Maximum duration of one try, in milliseconds. */
const TIMEOUT = 1000;

/**
 * Creates the client that stores use by default: with the SDK's region, endpoint and credentials, and three
 * tries of a second each. Stores that share a client share its connections.
 */
export function createDynamoDBClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    sha256: SdkSha256,
    requestHandler: {
      connectionTimeout: TIMEOUT,
      requestTimeout: TIMEOUT,
      socketTimeout: TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
  // The logger middleware copies each input and output, even without a logger.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
