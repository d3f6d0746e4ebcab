import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { KeyCommandError } from "../../../infra/keys/aws-cli.ts";
import { runSecretCommand, type SecretInput } from "../../../infra/keys/client-secret.ts";
import { fakeDeployment } from "./fake-aws-cli.ts";

const SECRET = "GOCSPX-a_secret of-the-provider";

const deploy = (changes: object = {}) => fakeDeployment({ client: "arn:client", ...changes });

/** Returns a terminal in which somebody types. */
function typing(text: string): SecretInput {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  terminal.write(text);
  return terminal;
}

/** Does what `npm run client-secret -- …` does, in this process. */
async function run(environment: Readonly<Record<string, string>>, input: SecretInput, ...args: string[]) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  let output = "";
  const print = (text: string) => {
    output += text;
  };
  const failure = await runSecretCommand(args, input, print).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined && !(failure instanceof KeyCommandError)) throw failure;
  return { output, failure: failure?.message };
}

/**
 * Returns the secrets that were written, as `id: string`, and checks that no argument contains the secret.
 */
async function writtenOf(state: () => Promise<{ calls: string[][]; versions: Record<string, string> }>) {
  const { calls, versions } = await state();
  expect(JSON.stringify(calls)).not.toContain(SECRET);
  const puts = calls.filter(([, action]) => action === "put-secret-value");
  return puts.map(
    (args, index) => `${args[args.indexOf("--secret-id") + 1]}: ${Object.values(versions)[index]}`,
  );
}

describe.skipIf(process.platform === "win32")("npm run client-secret", () => {
  test("npm run client-secret asks in a terminal without showing the secret, and stores it for its owner alone", async () => {
    const { environment, state, temporaryFolder } = await deploy();
    expect(await run(environment, typing(`${SECRET}\r`))).toEqual({
      output:
        "Client secret (it is not shown): \nStored. The functions use it from the next sign-in on, without a deployment.\n",
      failure: undefined,
    });
    expect(await writtenOf(state)).toEqual([`arn:client: ${SECRET}`]);
    expect(await state()).toMatchObject({ mode: 0o600, stages: { AWSCURRENT: "v0" } });
    expect(await readdir(temporaryFolder)).toEqual([]);
  });

  test("npm run client-secret reads the secret from a pipe, without the end of its line", async () => {
    const { environment, state } = await deploy();
    const { output } = await run(environment, Readable.from([`${SECRET}\n`]));
    expect(output).toBe("Stored. The functions use it from the next sign-in on, without a deployment.\n");
    expect(await writtenOf(state)).toEqual([`arn:client: ${SECRET}`]);
  });

  test("npm run client-secret stores the secret of the named stack", async () => {
    const { environment, state } = await deploy({ stack: "Shop-prod" });
    await run(environment, Readable.from([SECRET]), "--stack", "Shop-prod");
    expect(await writtenOf(state)).toEqual([`arn:client: ${SECRET}`]);
  });

  test.each([
    ["an empty line", typing("\r"), "The client secret is empty. Nothing was stored."],
    ["an empty pipe", Readable.from([]), "The client secret is empty. Nothing was stored."],
    ["Ctrl-C", typing(`${SECRET}\u0003`), "Nothing was stored."],
    [
      "two lines",
      Readable.from([`${SECRET}\n${SECRET}\n`]),
      "A client secret is one line of visible ASCII characters. This is something else, so nothing was stored.",
    ],
  ])("npm run client-secret stores nothing after %s", async (_, input, failure) => {
    const { environment, state } = await deploy();
    const result = await run(environment, input);
    expect(result.failure).toBe(failure);
    expect(result.output).not.toContain(SECRET);
    expect(await writtenOf(state)).toEqual([]);
  });

  test("npm run client-secret does not accept the secret as an argument, and does not repeat it", async () => {
    const { environment, state } = await deploy();
    for (const args of [[SECRET], [`--${SECRET}`], ["--stack"]])
      expect(await run(environment, Readable.from([]), ...args)).toEqual({
        output: "",
        failure:
          "The command takes --stack NAME and nothing else. It asks for the secret, or reads it from a pipe.",
      });
    expect((await state()).calls).toEqual([]);
  });

  test("npm run client-secret names the settings that a stack without a client secret needs", async () => {
    const { environment, state } = await deploy({ client: undefined });
    expect(await run(environment, Readable.from([SECRET]))).toMatchObject({
      failure:
        "The stack LambdaSessions has no client secret. It needs signIn=oidc with oidcIssuer and oidcClientId. Give another stack with --stack NAME.",
    });
    expect(await writtenOf(state)).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
    "the script leaves no file with the secret when %s ends it while the AWS CLI writes",
    async (signal) => {
      const { environment, temporaryFolder } = await deploy({ signal });
      const child = spawn(process.execPath, [join(PROJECT_ROOT, "infra/keys/client-secret.ts")], {
        env: environment,
      });
      child.stdin.end(SECRET);
      const [stderr] = await Promise.all([readText(child.stderr), once(child, "close")]);
      expect(stderr).toBe("aws secretsmanager put-secret-value failed.\n");
      expect(child.exitCode).toBe(1);
      expect(await readdir(temporaryFolder)).toEqual([]);
    },
  );

  test("the script prints the error message of the AWS CLI alone, and ends with the exit code 1", async () => {
    const { environment } = await deploy({ failure: ["put-secret-value", "(AccessDenied): not you"] });
    const script = join(PROJECT_ROOT, "infra/keys/client-secret.ts");
    const child = spawn(process.execPath, [script], { env: environment });
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end(SECRET);
    const [stdout, stderr, code] = await Promise.all([readText(child.stdout), readText(child.stderr), ended]);
    expect({ stdout, stderr, code }).toEqual({
      stdout: "",
      stderr: "An error occurred (AccessDenied): not you\n",
      code: 1,
    });
  });
});
