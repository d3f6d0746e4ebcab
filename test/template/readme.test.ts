import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { LOCAL_PROJECT } from "../../infra/local/local-project.ts";
import { type LocalServer, startLocalServer } from "../../shared/local-run/local-server.ts";
import { Output } from "../../shared/local-run/output.ts";

const README = textOf("README.md");

function textOf(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), "utf8");
}

/** The file that runs a command of the README or of CONTRIBUTING, and the text with which it does. */
const RUN_BY: Readonly<Record<string, readonly [file: string, text: string | RegExp]>> = {
  "npm ci": [".ci/run", "step npm ci\n"],
  "npm test": [".ci/run", "step npm test\n"],
  "npm run test:app": [".ci/run", "step npm test\n"],
  "npm start": ["test/template/local/start.test.ts", "infra/local/start.cjs"],
  "npm run check": [".ci/run", /npm run lint\n.*npm run types\n.*npm run synth\n/s],
  "npm run bench": [".ci/run", "step npm run bench -- --quick"],
  "npm run rotate-key": ["test/shared/local-run/rotating-keys.test.ts", "rotate-key.ts"],
  "npm run adopt": ["test/template/adopt/adopt-command.test.ts", "infra/adopt/adopt.ts"],
  "npm run end-key": ["test/template/keys/end-key.test.ts", "infra/keys/end-key.ts"],
  "npm run client-secret": ["test/template/keys/client-secret.test.ts", "infra/keys/client-secret.ts"],
  "npm run stack-trace": ["test/template/infra/stack-trace.test.ts", "infra/stack-trace.ts"],
  "npx cdk bootstrap": ["test/template/deploy/cdk.ts", '#run(["bootstrap"])'],
  "npx cdk deploy": ["test/template/deploy/cdk.ts", '["deploy", "--app"'],
  "npx cdk destroy": ["test/template/deploy/cdk.ts", '#run(["destroy"'],
  "npm run trace": ["test/template/trace/trace.test.ts", "test/template/trace/run.ts"],
  "npm run delivery": [".ci/run", "step npm run delivery -- synth"],
};

describe("the commands of the README and of CONTRIBUTING", () => {
  const [, proofs = ""] = textOf("CONTRIBUTING.md").split("\n## What proves the template\n");
  const pages = README + proofs;
  const code = [...pages.matchAll(/```sh\n(.*?)```|`([^`\n]+)`/gs)].map(
    ([, block, inline]) => block ?? inline ?? "",
  );
  const found = code.flatMap(
    (text) => text.match(/\bnpm (ci|test|start)\b|\bnpm run [\w:-]+|\bnpx cdk \w+/g) ?? [],
  );
  const commands = [...new Set<string>(found)];

  test("every command in RUN_BY occurs on the two pages", () => {
    expect(commands.length).toBeGreaterThan(9);
    expect(Object.keys(RUN_BY).filter((command) => !commands.includes(command))).toEqual([]);
  });

  test.each(commands)("a test runs the command %s", (command) => {
    const [file, text] = RUN_BY[command] ?? [".ci/run", `step ${command}\n`];
    expect(textOf(file)).toMatch(text);
    const [, script] = /^npm run (.+)/.exec(command) ?? [];
    const { scripts } = JSON.parse(textOf("package.json"));
    if (script !== undefined) expect(scripts).toHaveProperty([script]);
    // The text that the test runs is also the script's own.
    if (file !== ".ci/run" && script !== undefined) expect(scripts[script]).toContain(text);
  });
});

describe.skipIf(process.platform === "win32")("the README's curl commands", () => {
  const block = /```sh\n(curl .*?)```/s.exec(README)?.[1] ?? "";
  const lines = block.trim().split("\n");
  let folder: string;
  let server: LocalServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "readme-"));
    const output = new Output(new Writable({ write: (_chunk, _encoding, done) => done() }));
    const secretKeys = ["a key of the README's test, thirty-two bytes or more"];
    server = await startLocalServer({ ...LOCAL_PROJECT, port: 0, secretKeys, output });
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test("the README's curl commands print the responses that the README shows", async () => {
    const answers: string[] = [];
    // Neither a proxy nor a .curlrc of the developer.
    const env = { PATH: process.env.PATH, HOME: folder };
    for (const line of lines) {
      const command = line.replace(/ +#.*/, "").replaceAll(".local/jar", join(folder, "jar"));
      const local = command.replace("http://localhost:3000", server.url);
      const { stdout } = await promisify(execFile)("sh", ["-c", `${local} --silent`], { env });
      answers.push(stdout);
    }
    const told = lines.map((line) => line.split(/ +# /)[1]);
    expect(answers.slice(0, 3)).toEqual(told.slice(0, 3));
    expect(JSON.parse(answers[3] ?? "")).toMatchObject({
      user: null,
      data: { key: "value", visits: 1 },
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      bytes: expect.any(Number),
    });
  });
});
