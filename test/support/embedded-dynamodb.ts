import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from "@aws-sdk/client-dynamodb";

/** dynalite (https://github.com/architect/dynalite), a DynamoDB on LevelDB. It has no type declarations. */
type Dynalite = (options: { readonly createTableMs: number }) => Server;

const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;

/** DynamoDB in this process. */
export interface EmbeddedDynamoDB {
  /** URL, on a free port of this machine. */
  readonly endpoint: string;

  /** Creates a client, which is destroyed with the database. */
  client(config?: DynamoDBClientConfig): DynamoDBClient;

  /** Creates a table for sessions, and returns its name. Default: a generated name. */
  createTable(name?: string): Promise<string>;

  /** Stops the database and deletes its data. */
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB in memory: dynalite, which implements DynamoDB's conditions and expressions, but neither
 * transactions nor TTL. It does not return the item of a failed condition.
 */
export async function startEmbeddedDynamoDB(): Promise<EmbeddedDynamoDB> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // dynalite would throw the error of a request that its client aborted.
  server.on("request", (request) => void request.removeAllListeners("error").on("error", () => {}));
  const clients: DynamoDBClient[] = [];
  const client = (config: DynamoDBClientConfig = {}): DynamoDBClient => {
    const made = new DynamoDBClient({ ...connection(endpointOf(server)), ...config });
    clients.push(made);
    return made;
  };
  const own = client();
  let tables = 0;
  return {
    endpoint: endpointOf(server),
    client,
    createTable: (name = `sessions-${++tables}`) => createTable(own, name),
    async close() {
      for (const made of clients) made.destroy();
      await stop(server);
    },
  };
}

function endpointOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connection(endpoint: string): DynamoDBClientConfig {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  while (!(await isActive(client, TableName)));
  return TableName;
}

async function isActive(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table?.TableStatus === "ACTIVE";
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
  server.closeAllConnections();
  await closed;
}
