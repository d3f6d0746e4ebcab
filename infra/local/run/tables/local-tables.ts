import { relative } from "node:path";
import { LOCAL_CREDENTIALS } from "./dynamodb-call.ts";
import { startEmbeddedDynamoDB } from "./embedded-dynamodb.ts";
import { removeExpiredItems } from "./expired-items.ts";
import type { StackTable } from "./stack-table.ts";
import { createTable } from "./table-creation.ts";

/** The tables of the stack, on this machine. */
export interface LocalTables {
  /** Variables that lead the functions' SDK to them. */
  readonly environment: Readonly<Record<string, string>>;
  /** One sentence that says where the data is. */
  readonly note: string;
  /** Makes further tables. @throws LocalRunError when one has another key than before */
  add(tables: readonly StackTable[]): Promise<void>;
  /** Stops the database. */
  close(): Promise<void>;
}

/**
 * Starts an embedded DynamoDB with these tables. Their data stays in the folder from one run to the next,
 * without what expired before this call.
 *
 * @throws LocalRunError when the folder is in use, or holds something else
 */
export async function startLocalTables(tables: readonly StackTable[], folder: string): Promise<LocalTables> {
  const { endpoint, keepsData, close } = await startEmbeddedDynamoDB(folder);
  const add = async (more: readonly StackTable[]) => {
    for (const table of more) {
      await createTable(table, endpoint);
      await removeExpiredItems(table, endpoint, Math.floor(Date.now() / 1000));
    }
  };
  try {
    await add(tables);
  } catch (error) {
    await close();
    throw error;
  }
  return { environment: environmentOf(endpoint), note: noteOf(folder, keepsData), add, close };
}

/**
 * The variables that every AWS SDK knows:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function environmentOf(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  };
}

function noteOf(folder: string, keepsData: boolean): string {
  return keepsData
    ? `The tables' data is in ${relative("", folder)}; delete that folder to begin anew.`
    : "LevelDB has no build for this machine: the tables are in memory, and go when this run ends.";
}
