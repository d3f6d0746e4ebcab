import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { apiTemplate, LocalProject, TEST_KEYS } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

/** Runs `npm start` in a folder. `ended` resolves when every process that can print has ended. */
function npmStart(root: string, args: readonly string[] = []) {
  const environment = { PORT: "0", SESSION_SECRET_KEYS: JSON.stringify(TEST_KEYS) };
  const child = spawn("npm", ["start", ...args], {
    cwd: root,
    // Started in its own process group, so that no process is left if the test fails.
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => killGroup(child));
  const stdout = new Terminal();
  child.stdout.pipe(stdout);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return { child, stdout, ended };
}

function killGroup({ pid = Number.NaN }: ChildProcess): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {}
}

/** Source of a server that ends with the npm that started it, and ignores signals. */
const SERVER = `
import { createServer } from "node:http";
import { watchNpm } from "${pathToFileURL(join(PROJECT_ROOT, "shared/local-run/npm-watch.ts"))}";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const server = createServer((_request, response) => response.end("here"));
await watchNpm(() => process.exit());
server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
`;

describe("a signal to npm start", () => {
  test.each(["SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "%s to npm start ends the processes below npm, although npm does not forward the signal",
    async (signal) => {
      const { root } = await LocalProject.make({
        "package.json": JSON.stringify({ type: "module", scripts: { start: "node server.mjs" } }),
        "server.mjs": SERVER,
      });
      const { child, stdout, ended } = npmStart(root);
      await stdout.until(/http:\S+\n/);
      const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
      expect(await (await fetch(url)).text()).toBe("here");
      child.kill(signal);
      await ended;
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  test("SIGTERM stops the local run of this project, and frees its port", async () => {
    const { child, stdout, ended } = npmStart(PROJECT_ROOT, ["--", "--no-types"]);
    await stdout.until(/http:\S+\n/);
    const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
    expect((await fetch(url)).headers.get("date")).toEqual(expect.any(String));
    child.kill("SIGTERM");
    await ended;
    await expect(fetch(url)).rejects.toThrow();
  });
});

/** Source of the local run of the project in its folder. */
const LOCAL_RUN = `
import { runLocally } from "${pathToFileURL(join(PROJECT_ROOT, "shared/local-run/run-locally.ts"))}";
const project = { root: import.meta.dirname, bundling: () => ({}), people: "people.json", hasBackChannelLogout: () => false };
await runLocally(project, ["--no-types"]);
`;

/** Source of a CDK app that never ends. It prints its process, so that a test can end it in any case. */
const ENDLESS = 'console.log("app " + process.pid); setInterval(() => {}, 1000);';

describe("a signal while the local run starts", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends the CDK app too, and no temporary folder is left",
    async (signal) => {
      const { root } = await LocalProject.make({
        "package.json": JSON.stringify({ type: "module" }),
        "cdk.json": JSON.stringify({ build: "true", app: "node app.js && true" }),
        "app.js": ENDLESS,
        "run.js": LOCAL_RUN,
      });
      const temporary = join(root, "temporary");
      await mkdir(temporary);
      const child = spawn(process.execPath, ["run.js"], {
        cwd: root,
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, TMPDIR: temporary, PORT: "0" },
      });
      const stdout = new Terminal();
      child.stdout.pipe(stdout);
      const exited = new Promise((resolve) => child.once("exit", resolve));
      // Every process that can print has ended.
      const closed = new Promise((resolve) => child.once("close", resolve));
      await stdout.until(/app \d+\n/);
      const app = Number(/app (\d+)/.exec(stdout.text)?.[1]);
      onTestFinished(() => {
        try {
          process.kill(app, "SIGKILL");
        } catch {}
      });
      expect(await readdir(temporary)).not.toEqual([]);
      child.kill(signal);
      expect(await exited).toBe(0);
      expect(await readdir(temporary)).toEqual([]);
      await closed;
    },
  );
});

/** Source of a CDK app with one function. */
const APP = `
import { writeFileSync } from "node:fs";
const write = (name, content) => writeFileSync(process.env.CDK_OUTDIR + "/" + name, JSON.stringify(content));
write("stack.json", ${JSON.stringify(apiTemplate({ "GET /": "hello.ts" }))});
write("manifest.json", {
  artifacts: { Stack: { type: "aws:cloudformation:stack", properties: { templateFile: "stack.json" } } },
});
`;

/** Source of a local run whose builds of the function never end once there is the file `endless`. */
const ENDLESS_BUILD = `
import { existsSync } from "node:fs";
import { runLocally } from "${pathToFileURL(join(PROJECT_ROOT, "shared/local-run/run-locally.ts"))}";
const wait = () => existsSync("endless") ? new Promise(() => console.log("It builds.")) : undefined;
const plugin = { name: "endless", setup: (build) => build.onLoad({ filter: /hello\\.ts$/ }, wait) };
const bundling = () => ({ bundle: true, format: "esm", platform: "node", plugins: [plugin] });
const project = { root: import.meta.dirname, bundling, people: "people.json", hasBackChannelLogout: () => false };
await runLocally(project, ["--no-types"]);
`;

/** Waits until a process group has one process that has not ended. */
function waitForLast(group: number): void {
  let alive: string[];
  do {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" });
    alive = stdout.split("\n").filter((line) => new RegExp(`^ *${group} +[^ Z]`).test(line));
  } while (alive.length > 1);
}

test("Ctrl-C while functions are rebuilt prints nothing, and no temporary folder is left", async () => {
  const project = await LocalProject.make({
    "package.json": JSON.stringify({ type: "module" }),
    "cdk.json": JSON.stringify({ app: "node app.js" }),
    "app.js": APP,
    "hello.ts": "export const handler = () => 1;",
    "run.js": ENDLESS_BUILD,
  });
  const temporary = join(project.root, "temporary");
  await mkdir(temporary);
  const child = spawn(process.execPath, ["run.js"], {
    cwd: project.root,
    // A terminal sends the signal to the whole process group, to which esbuild's service belongs.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary, PORT: "0", SESSION_SECRET_KEYS: JSON.stringify(TEST_KEYS) },
  });
  onTestFinished(() => killGroup(child));
  const terminal = new Terminal();
  child.stdout.pipe(terminal);
  child.stderr.pipe(terminal);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await terminal.until(/http:\S+\n/);
  await project.write("endless", "");
  await project.write("hello.ts", "export const handler = () => 2;");
  await terminal.until(/It builds\.\n/);
  const before = terminal.text;
  // esbuild's service has ended before the local run handles the signal, as it may on a busy machine.
  child.kill("SIGSTOP");
  process.kill(-Number(child.pid), "SIGINT");
  waitForLast(Number(child.pid));
  child.kill("SIGCONT");
  expect([await exited, terminal.text.slice(before.length)]).toEqual([0, ""]);
  expect(await readdir(temporary)).toEqual([]);
});
