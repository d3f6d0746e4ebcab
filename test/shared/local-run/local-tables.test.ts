import { execFile } from "node:child_process";
import { request as httpRequest } from "node:http";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { type LocalTables, startLocalTables } from "../../../shared/local-run/tables/local-tables.ts";
import { readTables, type StackTable } from "../../../shared/local-run/tables/stack-table.ts";
import { LocalProject } from "./local-project.ts";

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);

/** Table as the CDK's TableV2 defines it. */
const GLOBAL_TABLE = {
  Type: "AWS::DynamoDB::GlobalTable",
  Properties: {
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    Replicas: [{ Region: { Ref: "AWS::Region" }, DeletionProtectionEnabled: true }],
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
  },
};

/** Table with a sort key and an index, of the older type. */
const TABLE_WITH_INDEX = {
  Type: "AWS::DynamoDB::Table",
  Properties: {
    AttributeDefinitions: ["pk", "sk", "city"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byCity",
        KeySchema: [{ AttributeName: "city", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
        WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: {} },
      },
    ],
    TimeToLiveSpecification: { AttributeName: "until", Enabled: true },
  },
};

const [SESSIONS] = readTables({ Resources: { Sessions: GLOBAL_TABLE } }) as [StackTable];

async function makeFolder(): Promise<string> {
  return join((await LocalProject.make()).root, ".local/dynamodb");
}

/** Starts tables until the test ends. */
async function start(folder: string, tables: readonly StackTable[] = [SESSIONS]): Promise<LocalTables> {
  const running = await startLocalTables(tables, folder);
  onTestFinished(() => running.close());
  return running;
}

/** Creates an SDK client as a function of the local run configures it. */
function createClient({ environment }: LocalTables): DynamoDBClient {
  const client = new DynamoDBClient({
    region: "us-east-1",
    endpoint: String(environment.AWS_ENDPOINT_URL_DYNAMODB),
    credentials: {
      accessKeyId: String(environment.AWS_ACCESS_KEY_ID),
      secretAccessKey: String(environment.AWS_SECRET_ACCESS_KEY),
    },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function keysIn(client: DynamoDBClient, TableName: string): Promise<(string | undefined)[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  return Items.map(({ pk }) => pk?.S).toSorted();
}

describe("the tables of a template", () => {
  test("the tables of a template are created under their logical ids, with keys and indexes", async () => {
    const tables = readTables({
      Resources: { Sessions: GLOBAL_TABLE, Orders: TABLE_WITH_INDEX, Topic: { Type: "AWS::SNS::Topic" } },
    });
    const client = createClient(await start(await makeFolder(), tables));
    const [sessions, orders] = await Promise.all(
      ["Sessions", "Orders"].map((TableName) => client.send(new DescribeTableCommand({ TableName }))),
    );
    expect(sessions?.Table).toMatchObject({
      TableStatus: "ACTIVE",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    expect(orders?.Table).toMatchObject({
      KeySchema: [{ AttributeName: "pk" }, { AttributeName: "sk" }],
      GlobalSecondaryIndexes: [{ IndexName: "byCity", KeySchema: [{ AttributeName: "city" }] }],
    });
  });

  test("a template without tables has no local tables", () => {
    expect(readTables({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } })).toEqual([]);
    expect(readTables({})).toEqual([]);
  });
});

describe("the data", () => {
  test("the items of a table survive a restart, except expired ones", async () => {
    const folder = await makeFolder();
    const tables = readTables({ Resources: { Sessions: GLOBAL_TABLE, Orders: TABLE_WITH_INDEX } });
    const first = await startLocalTables(tables, folder);
    const before = createClient(first);
    const put = (TableName: string, pk: string, rest: Record<string, { N: string } | { S: string }>) =>
      before.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...rest } }));
    await put("Sessions", "without an end", {});
    await put("Sessions", "alive", { ttl: { N: String(now + HOUR) } });
    await put("Sessions", "over", { ttl: { N: String(now - HOUR) } });
    await put("Sessions", "no time", { ttl: { S: "1" } });
    await put("Orders", "alive", { sk: { S: "1" }, until: { N: String(now + HOUR) } });
    await put("Orders", "over", { sk: { S: "1" }, until: { N: String(now - HOUR) } });
    await first.close();

    const after = createClient(await start(folder, tables));
    expect(await keysIn(after, "Sessions")).toEqual(["alive", "no time", "without an end"]);
    expect(await keysIn(after, "Orders")).toEqual(["alive"]);
  });

  test("expired items are deleted beyond the first page of a scan", async () => {
    const folder = await makeFolder();
    const first = await startLocalTables([SESSIONS], folder);
    const before = createClient(first);
    const filler = { S: "x".repeat(300_000) };
    for (let index = 0; index < 8; index++) {
      const Item = { pk: { S: `over ${index}` }, ttl: { N: String(now - HOUR) }, filler };
      await before.send(new PutItemCommand({ TableName: "Sessions", Item }));
    }
    await first.close();
    expect(await keysIn(createClient(await start(folder)), "Sessions")).toEqual([]);
  });

  test("a note names the folder of the data", async () => {
    const folder = await makeFolder();
    const { note } = await start(folder);
    expect(note).toBe(
      `The tables' data is in ${relative("", folder)}. Delete that folder to start with empty tables.`,
    );
  });
});

describe("a folder that cannot be used", () => {
  const refusal = (folder: string, tables = [SESSIONS]) =>
    startLocalTables(tables, folder).then(
      () => undefined,
      (error: unknown) => error,
    );

  test("a folder that another run uses is rejected in one sentence", async () => {
    const folder = await makeFolder();
    await start(folder);
    expect(await refusal(folder)).toEqual(
      new LocalRunError(`${relative("", folder)} is in use by another local run. Stop that run first.`),
    );
  });

  test("a folder that cannot be made is rejected in one sentence", async () => {
    const { root } = await LocalProject.make({ ".local": "" });
    expect(await refusal(join(root, ".local/dynamodb"))).toEqual(
      new LocalRunError(
        `${relative("", join(root, ".local"))} cannot be read and written (ENOTDIR). Make it writable for you, or delete it; the next run creates it again.`,
      ),
    );
  });

  test("a folder with other content is rejected in one sentence", async () => {
    const project = await LocalProject.make({ ".local/dynamodb/CURRENT": "garbage\n" });
    const error = await refusal(join(project.root, ".local/dynamodb"));
    expect(error).toBeInstanceOf(LocalRunError);
    expect((error as Error).message).toMatch(
      /cannot be read as the tables' data: .+ Delete it to start with empty tables\.$/,
    );
  });

  test("a folder whose table has another key is rejected in one sentence, and is free again", async () => {
    const folder = await makeFolder();
    await (await startLocalTables([SESSIONS], folder)).close();
    const [other] = readTables({ Resources: { Sessions: TABLE_WITH_INDEX } }) as [StackTable];
    expect(await refusal(folder, [other])).toEqual(
      new LocalRunError(
        "The local table Sessions has another key than the stack's. Delete .local/dynamodb to start with empty tables.",
      ),
    );
    expect((await start(folder)).environment.AWS_ENDPOINT_URL_DYNAMODB).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+$/,
    );
  });
});

describe("the database", () => {
  /** Sends a request as a page in a browser or a broken program would. */
  function sendRaw({ environment }: LocalTables, headers: Record<string, string>) {
    const type = { "content-type": "application/x-amz-json-1.0" };
    return httpRequest(String(environment.AWS_ENDPOINT_URL_DYNAMODB), {
      method: "POST",
      headers: { ...type, ...headers },
    });
  }

  test.each([{ origin: "https://evil.example" }, { origin: "null" }, { host: "evil.example" }])(
    "the local DynamoDB answers no page of a browser: %j",
    async (headers) => {
      const tables = await start(await makeFolder());
      const status = await new Promise((resolve, reject) => {
        sendRaw(tables, headers)
          .on("response", (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end("{}");
      });
      expect(status).toBe(403);
    },
  );

  test("the local DynamoDB survives a client that disconnects while it sends", async () => {
    const tables = await start(await makeFolder());
    const request = sendRaw(tables, { "content-length": "100" });
    request.on("error", () => {});
    await new Promise<void>((resolve) => request.write("{", () => resolve()));
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
    const get = new GetItemCommand({ TableName: "Sessions", Key: { pk: { S: "nobody" } } });
    expect((await createClient(tables).send(get)).Item).toBeUndefined();
  });
});

test("tables are in memory if LevelDB has no build, and a note says so", async () => {
  const script = `
    const { startLocalTables } = await import("./shared/local-run/tables/local-tables.ts");
    const { note, close } = await startLocalTables([], "/nowhere");
    console.log(note);
    await close();`;
  // Platform that LevelDB's loader finds no build for.
  const env = { ...process.env, npm_config_platform: "plan9" };
  const argv = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: PROJECT_ROOT, env });
  expect(stdout).toMatch(/^LevelDB has no build for this machine, so the tables are in memory .*\n$/);
});

test("tables are created although the environment names a proxy", async () => {
  const script = `
    const { startLocalTables } = await import("./shared/local-run/tables/local-tables.ts");
    const key = [{ AttributeName: "pk", KeyType: "HASH" }];
    const definition = { AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }], BillingMode: "PAY_PER_REQUEST" };
    const { close } = await startLocalTables([{ name: "Sessions", keySchema: key, definition }], process.argv[1]);
    console.log("created");
    await close();`;
  // Nothing listens on port 1.
  const proxy = {
    HTTP_PROXY: "http://127.0.0.1:1",
    http_proxy: "http://127.0.0.1:1",
    NODE_USE_ENV_PROXY: "1",
  };
  const argv = ["--input-type=module", "--eval", script, await makeFolder()];
  const env = { ...process.env, ...proxy, NO_PROXY: "", no_proxy: "" };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: PROJECT_ROOT, env });
  expect(stdout).toBe("created\n");
});
