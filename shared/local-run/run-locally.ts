import type { CdkProject } from "./cdk-project.ts";
import { printLocalRunError } from "./local-run-error.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { readLocalSettings } from "./local-settings.ts";
import { watchNpm } from "./npm-watch.ts";
import { Output } from "./output.ts";
import { TypeCheck } from "./type-check.ts";

/** Maximum duration of a stop in milliseconds. */
const MOST_TO_STOP = 5000;

/**
 * Runs the stack of a project until a signal arrives: the program of `npm start`. Takes the options
 * `-c NAME=VALUE`, `--stack NAME` and `--no-types`, and the variables `PORT` and `SESSION_SECRET_KEYS`.
 */
export async function runLocally(project: CdkProject, args: readonly string[]): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const output = new Output(process.stdout);
  let server: LocalServer | undefined;
  let types: TypeCheck | undefined;

  // Ctrl-C sends a signal to this process twice: from the terminal and from npm.
  async function stop(): Promise<void> {
    if (signal.aborted) return;
    stopping.abort();
    // Everything that ends now fails on purpose, such as a build without esbuild's service.
    output.close();
    setTimeout(() => process.exit(1), MOST_TO_STOP).unref();
    types?.close();
    await server?.close();
    process.exit(0);
  }

  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => void stop());
  void watchNpm(() => void stop());
  await printLocalRunError(async () => {
    const { checksTypes, ...settings } = readLocalSettings(args, process.env);
    if (checksTypes) types = new TypeCheck(project.root, output);
    const onSave = () => void types?.check();
    server = await startLocalServer({ ...project, ...settings, output, onSave, signal });
    void types?.check();
  });
}
