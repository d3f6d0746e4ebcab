import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type CountedCall, TABLE_NAME } from "./calls.ts";

/**
 * An embedded DynamoDB in its own process, so that its CPU time is not the client's. It records all calls.
 */
export interface Endpoint extends AsyncDisposable {
  /** The variables that a function needs to use it. This process has them already. */
  readonly environment: Readonly<Record<string, string>>;
  /** Returns the calls since the previous `take`. */
  take(): Promise<readonly CountedCall[]>;
  /**
   * Repeats responses from now on: each call gets the last response to the same operation for the same items,
   * in a fraction of the time, and nothing is written.
   */
  replay(): Promise<void>;
}

/** Starts an endpoint with an empty table. */
export async function startEndpoint(): Promise<Endpoint> {
  const child = fork(join(import.meta.dirname, "endpoint-process.ts"), { execArgv: [] });
  const exit = once(child, "exit");
  const ended = exit.then(([code]) => Promise.reject(new Error(`the embedded DynamoDB exited with ${code}`)));
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
  // The SDK prefers the developer's profile to these credentials.
  delete process.env.AWS_PROFILE;
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
