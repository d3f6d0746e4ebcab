import { expect, test, vi } from "vitest";
import { createDynamoDBClient } from "../../../../shared/stores/dynamodb/sdk/create-dynamodb-client.ts";
import { startEndpoint } from "./endpoint.ts";

test("the benchmark's clients have its credentials, although the developer has an AWS profile", async () => {
  vi.stubEnv("AWS_PROFILE", "work");
  await using endpoint = await startEndpoint();
  const { accessKeyId } = await createDynamoDBClient().config.credentials();
  expect(accessKeyId).toBe(endpoint.environment.AWS_ACCESS_KEY_ID);
});
