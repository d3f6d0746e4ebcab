import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type CountedCall, TABLE_NAME } from "./calls.ts";

/** An embedded DynamoDB in a process of its own, so that its CPU time is not the client's. It notes all calls. */
export interface Endpoint extends AsyncDisposable {
  /** What a function needs to find it; this process has it already. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gives the calls since it was last asked. */
  take(): Promise<readonly CountedCall[]>;
  /**
   * From now on it gives each call the answer that it gave to the last one of the same operation for the same items,
   * in a fraction of the time, and nothing changes any more.
   */
  replay(): Promise<void>;
}

/** Starts one with an empty table. */
export async function startEndpoint(): Promise<Endpoint> {
  const child = fork(join(import.meta.dirname, "endpoint-process.ts"), { execArgv: [] });
  const exit = once(child, "exit");
  const ended = exit.then(([code]) => Promise.reject(new Error(`the embedded DynamoDB ended with ${code}`)));
  ended.catch(() => {});
  const message = async () => (await Promise.race([once(child, "message"), ended]))[0];
  const ask = (question: string): Promise<readonly CountedCall[]> => {
    child.send(question);
    return message();
  };
  const environment = {
    SESSION_TABLE_NAME: TABLE_NAME,
    AWS_ENDPOINT_URL_DYNAMODB: await message(),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "an example, and no key of anybody",
  };
  Object.assign(process.env, environment);
  return {
    environment,
    take: () => ask("take"),
    async replay() {
      await ask("replay");
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exit;
    },
  };
}
