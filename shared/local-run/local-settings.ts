import { parseArgs } from "node:util";
import { parseSecretKeys } from "./keys/secret-keys-file.ts";
import { LocalRunError } from "./local-run-error.ts";

/** Settings of the local run, from the command line and the environment. */
export interface LocalSettings {
  /** Port to listen on; 0 means any free port. */
  readonly port: number;
  /** CDK context, like `cdk -c NAME=VALUE`. */
  readonly context: Readonly<Record<string, string>>;
  /** Name of the stack, if several have an HTTP API. */
  readonly stack?: string;
  /** Checks types after each save. */
  readonly checksTypes: boolean;
  /** Secret keys, newest first. Default: those of `.local/secret-keys.json`. */
  readonly secretKeys?: readonly string[];
}

/** Port of the local run unless `PORT` is set. */
export const DEFAULT_PORT = 3000;

/**
 * Reads the options `-c NAME=VALUE`, `--stack NAME` and `--no-types`, and the variables `PORT` and
 * `SESSION_SECRET_KEYS`.
 *
 * @throws LocalRunError that names the invalid option or variable
 */
export function readLocalSettings(args: readonly string[], environment: NodeJS.ProcessEnv): LocalSettings {
  const { PORT, SESSION_SECRET_KEYS } = environment;
  const { context = [], stack, types } = parseOptions(args);
  return {
    port: PORT ? parsePort(PORT) : DEFAULT_PORT,
    context: Object.fromEntries(context.map(parsePair)),
    checksTypes: types,
    ...(stack !== undefined && { stack }),
    ...(SESSION_SECRET_KEYS && { secretKeys: parseSecretKeys(SESSION_SECRET_KEYS, "SESSION_SECRET_KEYS") }),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new LocalRunError(`PORT must be an integer from 0 to 65535, not ${JSON.stringify(text)}.`);
  return port;
}

function parseOptions(args: readonly string[]) {
  try {
    const options = {
      context: { type: "string", short: "c", multiple: true },
      stack: { type: "string" },
      types: { type: "boolean", default: true },
    } as const;
    return parseArgs({ args: [...args], options, allowNegative: true }).values;
  } catch (error) {
    const problem = (error as Error).message.replace(/[.\s]*$/, "");
    throw new LocalRunError(
      `${problem}. The local run takes settings, --stack and --no-types, as in: npm start -- -c flask=true`,
    );
  }
}

function parsePair(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1)
    throw new LocalRunError(
      `The option -c takes NAME=VALUE, such as -c flask=true, not ${JSON.stringify(text)}.`,
    );
  return [text.slice(0, equals), text.slice(equals + 1)];
}
