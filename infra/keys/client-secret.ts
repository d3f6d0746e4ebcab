/**
 * `npm run client-secret`: stores the client secret of a deployed stack's identity provider; see
 * docs/sign-in.md.
 */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Writable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { chooseStackName } from "../settings/settings.ts";
import { findResources, KeyCommandError, putSecret, runCommand } from "./aws-cli.ts";

/** Input of the command: a terminal, or a file or pipe with the secret. */
export type SecretInput = Readable & { readonly isTTY?: boolean };

/**
 * Asks for the client secret without showing it, or reads it from a pipe, and stores it in Secrets Manager.
 * It is in no argument of a command and in no output.
 *
 * @throws KeyCommandError
 */
export async function runSecretCommand(
  args: readonly string[],
  input: SecretInput,
  print: (text: string) => void,
): Promise<void> {
  const stack = parseStack(args);
  const [secretId] = await findResources(stack, "AWS::SecretsManager::Secret", "ProviderClientSecret");
  if (!secretId)
    throw new KeyCommandError(
      `The stack ${stack} has no client secret. It needs signIn=oidc with oidcIssuer and oidcClientId. Give another stack with --stack NAME.`,
    );
  const secret = (input.isTTY ? await ask(input, print) : await readText(input)).trim();
  assertSecret(secret);
  await putSecret(secretId, secret);
  print("Stored. The functions use it from the next sign-in on, without a deployment.\n");
}

function parseStack(args: readonly string[]): string {
  try {
    const options = { stack: { type: "string", default: chooseStackName({}) } } as const;
    return parseArgs({ args: [...args], options }).values.stack;
  } catch {
    // The error of parseArgs quotes the argument, which may be the secret.
    throw new KeyCommandError(
      "The command takes --stack NAME and nothing else. It asks for the secret, or reads it from a pipe.",
    );
  }
}

/**
 * Asks in a terminal, which does not show what is typed: readline turns its echo off and writes to nowhere.
 */
function ask(input: SecretInput, print: (text: string) => void): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  print("Client secret (it is not shown): ");
  return new Promise((resolve, reject) => {
    lines.once("close", () => reject(new KeyCommandError("Nothing was stored.")));
    lines.question("", (answer) => {
      resolve(answer);
      lines.close();
    });
  }).finally(() => print("\n")) as Promise<string>;
}

/** Rejects what cannot be a client secret (RFC 6749, appendix A.2) without quoting it. */
function assertSecret(secret: string): void {
  if (secret === "") throw new KeyCommandError("The client secret is empty. Nothing was stored.");
  if (!/^[\x20-\x7e]+$/.test(secret))
    throw new KeyCommandError(
      "A client secret is one line of visible ASCII characters. This is something else, so nothing was stored.",
    );
}

if (import.meta.main)
  await runCommand(() =>
    runSecretCommand(process.argv.slice(2), process.stdin, (text) => process.stdout.write(text)),
  );
