import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { SETTINGS } from "../../../infra/settings/settings.ts";

/**
 * A fake AWS CLI with the calls that the command makes and its state in a file. It accepts the string of a
 * secret only from a file, and moves a label only away from the version that has it. As the AWS CLI does, it
 * only strips `file://`, and reads and writes the encoding of the system, here Latin-1, unless versions 1
 * (`PYTHONUTF8`) and 2 are asked for UTF-8. Its first line finds Node in the PATH, because the line cannot
 * name a path that contains a space.
 */
const AWS = `#!/usr/bin/env node
const fs = require("node:fs");
const state = JSON.parse(fs.readFileSync(process.env.FAKE_AWS_STATE, "utf8"));
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const fail = (text) => { console.error("\\nAn error occurred " + text); process.exit(254); };
const { AWS_CLI_FILE_ENCODING: input, AWS_CLI_OUTPUT_ENCODING: output, PYTHONUTF8 } = process.env;
const encodingOf = (encoding) => (encoding === "UTF-8" && PYTHONUTF8 === "1" ? "utf8" : "latin1");
const answer = (value) => process.stdout.write(Buffer.from(JSON.stringify(value), encodingOf(output)));
if (process.env.AWS_CLI_AUTO_PROMPT !== "off") fail("(the fake): this would ask for the arguments in a terminal");
if (state.secondFactor && fs.readFileSync(0, "utf8") === "") fail("(the fake): EOF when reading a line");
state.calls.push(args);
if (state.failure && args[1] === state.failure[0]) fail(state.failure[1]);
switch (args[1]) {
  case "list-stack-resources":
    if (option("--stack-name") !== state.stack) fail("(ValidationError): Stack does not exist");
    answer({ StackResourceSummaries: [
      { ResourceType: "AWS::SecretsManager::Secret", LogicalResourceId: "OtherKeys", PhysicalResourceId: "arn:other" },
      { ResourceType: "AWS::SecretsManager::Secret", LogicalResourceId: "SecretKeys1234", PhysicalResourceId: "arn:keys" },
      ...(state.client ? [{ ResourceType: "AWS::SecretsManager::Secret", LogicalResourceId: "ProviderClientSecretValue1", PhysicalResourceId: state.client }] : []),
      { ResourceType: "AWS::Lambda::Function", LogicalResourceId: "Home", PhysicalResourceId: "home-1" },
      { ResourceType: "AWS::Lambda::Function", LogicalResourceId: "Get", PhysicalResourceId: "get-1" },
    ] });
    break;
  case "get-secret-value": if (state.notice) console.log(state.notice); answer({ VersionId: state.stages.AWSCURRENT, SecretString: state.versions[state.stages.AWSCURRENT] }); break;
  case "describe-secret": answer({ RotationEnabled: state.rotated }); break;
  case "put-secret-value": {
    const value = option("--secret-string");
    if (!value.startsWith("file://")) fail("(the fake): a secret among the arguments");
    const file = value.slice("file://".length);
    if (!fs.existsSync(file)) fail("(ParamValidation): Unable to load paramfile " + value);
    if (state.signal) for (const pid of [process.ppid, process.pid]) process.kill(pid, state.signal);
    state.mode = fs.statSync(file).mode & 0o777;
    const id = "v" + Object.keys(state.versions).length;
    state.versions[id] = fs.readFileSync(file, encodingOf(input));
    state.stages[args.includes("--version-stages") ? option("--version-stages") : "AWSCURRENT"] = id;
    if (state.meanwhile) state.stages.AWSCURRENT = state.meanwhile;
    answer({ VersionId: id });
    break;
  }
  case "update-secret-version-stage": {
    const stage = option("--version-stage");
    if (state.stages[stage] !== option("--remove-from-version-id")) fail("(InvalidParameterException) when calling");
    if (args.includes("--move-to-version-id")) state.stages[stage] = option("--move-to-version-id");
    else delete state.stages[stage];
    answer({});
    break;
  }
}
fs.writeFileSync(process.env.FAKE_AWS_STATE, JSON.stringify(state));
`;

/**
 * Creates a folder with a fake `aws` and the state of a deployed stack.
 *
 * @param changes parts of that state: `versions` and `stages` of the secret, `client`, the ARN of a client
 * secret, `signal`, which ends the command and this CLI while the CLI writes, and `secondFactor`, whose code
 * the CLI reads from its standard input
 * @param temporary name of a folder in it for temporary files
 */
export async function fakeDeployment(changes: object, temporary = "temporary") {
  const folder = await mkdtemp(join(tmpdir(), "fake-aws-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [aws, file] = [join(folder, "aws"), join(folder, "state.json")];
  await writeFile(aws, AWS);
  await chmod(aws, 0o755);
  const first = { stack: SETTINGS.stackName.default, rotated: true, versions: {}, stages: {}, calls: [] };
  await writeFile(file, JSON.stringify({ ...first, ...changes }));
  const temporaryFolder = join(folder, temporary);
  await mkdir(temporaryFolder);
  const environment = {
    FAKE_AWS_STATE: file,
    AWS_CLI_AUTO_PROMPT: "on",
    PATH: [folder, dirname(process.execPath)].join(delimiter),
    TMPDIR: temporaryFolder,
  };
  return { temporaryFolder, state: async () => JSON.parse(await readFile(file, "utf8")), environment };
}
