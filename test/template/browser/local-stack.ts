import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { type LocalServer, startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";

/** The settings of the stacks, by where the page's sessions are kept. */
export const STORES = {
  cookie: {},
  "revocable-cookie": { storage: "revocable-cookie" },
  dynamodb: { storage: "dynamodb" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** A name of one of the stacks. */
export type Store = keyof typeof STORES;

/** The same keys for all stacks, so that a cookie of one is valid in another. */
const secretKeys = ["a key of the browser's tests, thirty-two bytes or more"];

/**
 * Runs the stack as `npm start` does, on a free port, with data that is deleted when the stack is closed.
 *
 * @param context further settings of the stack
 */
export async function startStack(
  store: Store,
  environment: Readonly<Record<string, string>> = {},
  context: Readonly<Record<string, string>> = {},
): Promise<LocalServer> {
  const data = mkdtempSync(join(tmpdir(), "browser-test-"));
  const output = new Output(new Writable({ write: (_chunk, _encoding, done) => done() }));
  const server = await startLocalServer({
    ...LOCAL_PROJECT,
    context: { ...STORES[store], ...context },
    port: 0,
    secretKeys,
    data,
    output,
    environment,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
