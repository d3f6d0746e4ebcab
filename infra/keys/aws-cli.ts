import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Thrown when a command on deployed keys fails. Its message is printed alone and contains no key. */
export class KeyCommandError extends Error {
  override readonly name = "KeyCommandError";
}

/**
 * Lets the AWS CLI read and write UTF-8, where Windows has another encoding: version 2 by its own variables,
 * version 1 by Python's.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 */
const UTF_8 = { AWS_CLI_FILE_ENCODING: "UTF-8", AWS_CLI_OUTPUT_ENCODING: "UTF-8", PYTHONUTF8: "1" };

/** Keeps the AWS CLI from waiting for a person at a terminal, whatever its configuration says. */
const WITHOUT_DIALOG = { AWS_PAGER: "", AWS_CLI_AUTO_PROMPT: "off" };

/**
 * Runs the AWS CLI with the profile, region and credentials that it finds, and returns its response. Its
 * standard input is empty, so without a terminal it fails where it asks for the code of a second factor.
 *
 * @param args must contain no secret, because other users of the machine can see them
 * @throws KeyCommandError with the error message of the CLI
 */
export function callAws(...args: string[]): Promise<Readonly<Record<string, unknown>>> {
  const env = { ...process.env, ...UTF_8, ...WITHOUT_DIALOG };
  return new Promise((resolve, reject) => {
    const child = execFile("aws", [...args, "--output", "json"], { env }, (error, stdout, stderr) => {
      const answer = parseObject(stdout);
      if (error || !answer) reject(failureOf(args, error, stderr));
      else resolve(answer);
    });
    child.stdin?.end();
  });
}

/**
 * Returns the object that the CLI printed, an empty one if it printed nothing, and `undefined` if it printed
 * no JSON. The error of `JSON.parse` would quote the response, which may contain a secret.
 */
function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return json.trim() === "" ? {} : Object(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function failureOf([service, action]: string[], error: Error | null, stderr: string): KeyCommandError {
  if (error === null)
    return new KeyCommandError(
      `aws ${service} ${action} did not print a JSON object alone. Let nothing else print to the output of aws.`,
    );
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  if (isMissing)
    return new KeyCommandError("The AWS CLI is not installed. Install it: https://aws.amazon.com/cli/");
  return new KeyCommandError(stderr.trim() || `aws ${service} ${action} failed.`);
}

/**
 * Returns the physical ids of a stack's resources of one type, by the beginning of their ids in the template.
 */
export async function findResources(stack: string, type: string, prefix = ""): Promise<readonly string[]> {
  const answer = await callAws("cloudformation", "list-stack-resources", "--stack-name", stack);
  const resources = answer.StackResourceSummaries as readonly Record<string, string>[] | undefined;
  return (resources ?? [])
    .filter(
      ({ ResourceType, LogicalResourceId = "" }) =>
        ResourceType === type && LogicalResourceId.startsWith(prefix),
    )
    .map(({ PhysicalResourceId = "" }) => PhysicalResourceId);
}

/** Signals that end a command: Ctrl-C, a request to stop, and a closed terminal. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Writes a string as a version of a secret and returns the version's id. The string is passed in a file that
 * only its owner can read, because other users of the machine see the arguments of a command. A signal does
 * not end the command before the file is removed; one of the terminal ends the CLI, and so the command.
 *
 * @param options further arguments
 */
export async function putSecret(secretId: string, text: string, ...options: string[]): Promise<string> {
  const ignore = () => {};
  for (const signal of SIGNALS) process.on(signal, ignore);
  const folder = await mkdtemp(join(tmpdir(), "keys-"));
  try {
    const file = join(folder, "secret.json");
    await writeFile(file, text, { mode: 0o600 });
    // The CLI only strips `file://`, so this is a path and no URL.
    const put = ["put-secret-value", "--secret-id", secretId, "--secret-string", `file://${file}`];
    return String((await callAws("secretsmanager", ...put, ...options)).VersionId);
  } finally {
    await rm(folder, { recursive: true });
    for (const signal of SIGNALS) process.off(signal, ignore);
  }
}

/**
 * Runs a command of the command line. For a KeyCommandError, prints its message alone and sets the exit code.
 */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof KeyCommandError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
