import { relative } from "node:path";
import { LOCAL_CREDENTIALS } from "./dynamodb-call.ts";
import { startEmbeddedDynamoDB } from "./embedded-dynamodb.ts";
import type { StackTable } from "./stack-table.ts";
import { prepareTable } from "./table-preparation.ts";

/** Tables of the stack, on this machine. */
export interface LocalTables {
  /** Variables that connect the functions' SDK to the tables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sentence that names the folder of the data. */
  readonly note: string;
  /**
   * Creates further tables.
   *
   * @throws LocalRunError if one exists with another key
   */
  add(tables: readonly StackTable[]): Promise<void>;
  /** Stops the database. */
  close(): Promise<void>;
}

/**
 * Starts an embedded DynamoDB with these tables. The folder keeps their data from one run to the next,
 * without items that expired before this call.
 *
 * @throws LocalRunError if the folder is in use or contains something else
 */
export async function startLocalTables(tables: readonly StackTable[], folder: string): Promise<LocalTables> {
  const { endpoint, keepsData, close } = await startEmbeddedDynamoDB(folder);
  const add = async (more: readonly StackTable[]) => {
    for (const table of more) await prepareTable(table, endpoint);
  };
  try {
    await add(tables);
  } catch (error) {
    await close();
    throw error;
  }
  return { environment: createEnvironment(endpoint), note: describeData(folder, keepsData), add, close };
}

/**
 * Returns the variables that every AWS SDK reads:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function createEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  };
}

function describeData(folder: string, keepsData: boolean): string {
  return keepsData
    ? `The tables' data is in ${relative("", folder)}. Delete that folder to start with empty tables.`
    : "LevelDB has no build for this machine, so the tables are in memory and are lost when this run ends.";
}
