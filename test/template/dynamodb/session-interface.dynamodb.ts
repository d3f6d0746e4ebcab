import { beforeAll } from "vitest";
import { describeSessionInterface } from "../../../shared/contracts.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import { DynamoDBStore } from "../../../shared/stores/dynamodb/dynamodb-store.ts";
import { KEY } from "../../shared/cookie/secure-cookie-fixture.ts";
import { createTable, ENGINE } from "./engine.ts";

let store: DynamoDBStore;

beforeAll(async () => {
  // Uses the client that a function gets: the SDK reads the endpoint from the environment.
  store = new DynamoDBStore({ tableName: await createTable() });
});

describeSessionInterface(
  `ServerSideSessionInterface on ${ENGINE}`,
  (options) => new ServerSideSessionInterface({ ...options, keys: [KEY], store }),
);
