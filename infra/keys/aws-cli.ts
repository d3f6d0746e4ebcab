import { execFile } from "node:child_process";
import { KeyCommandError } from "./key-command-error.ts";

/**
 * Runs the AWS CLI with the profile, region and credentials that it finds, and returns its response.
 *
 * @param args must contain no secret, because other users of the machine can see them
 * @throws KeyCommandError with the error message of the CLI
 */
export function callAws(...args: string[]): Promise<Readonly<Record<string, unknown>>> {
  const env = { ...process.env, AWS_PAGER: "" };
  return new Promise((resolve, reject) =>
    execFile("aws", [...args, "--output", "json"], { env }, (error, stdout, stderr) =>
      error ? reject(failureOf(args, error, stderr)) : resolve(parseObject(stdout)),
    ),
  );
}

/** Returns the object that the CLI printed; an empty one where it printed nothing. */
function parseObject(json: string): Readonly<Record<string, unknown>> {
  return json.trim() === "" ? {} : JSON.parse(json);
}

function failureOf([service, action]: string[], error: Error, stderr: string): KeyCommandError {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  if (isMissing)
    return new KeyCommandError("The AWS CLI is not installed. Install it: https://aws.amazon.com/cli/");
  return new KeyCommandError(stderr.trim() || `aws ${service} ${action} failed.`);
}
