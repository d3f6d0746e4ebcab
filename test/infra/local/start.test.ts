import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { startLocalServer } from "../../../infra/local/local-server.ts";
import { Output } from "../../../infra/local/output.ts";
import { TEST_KEYS } from "./local-project.ts";
import { Terminal } from "./terminal.ts";

const SECRETS = { SESSION_SECRET_KEYS: JSON.stringify(TEST_KEYS) };

/** Runs what `npm start` runs. */
function start(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, "infra/local/start.ts"), ...args], {
    env: { ...process.env, PORT: "0", ...SECRETS, ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [stdout, stderr] = [new Terminal(), new Terminal()];
  child.stdout.pipe(stdout);
  child.stderr.pipe(stderr);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout: stdout.text, stderr: stderr.text }));
  });
  return { child, stdout, ended };
}

describe("npm start", () => {
  test("serves the stack until Ctrl-C", async () => {
    const { child, stdout, ended } = start();
    await stdout.until(/http:\/\/localhost:\d+\n/);
    const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
    const set = await fetch(`${url}/set`);
    expect(await set.text()).toBe("Session set");
    const [cookie = ""] = set.headers.getSetCookie();
    const [pair = "", ...attributes] = cookie.split("; ");
    expect(attributes.toSorted()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax"]);
    const get = await fetch(`${url}/get`, { headers: { cookie: pair } });
    expect(await get.text()).toBe("value");
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("keeps tables in memory where LevelDB has no build, and says so", async () => {
    // What LevelDB's loader takes for the platform.
    const { child, stdout, ended } = start(["-c", "storage=dynamodb"], { npm_config_platform: "plan9" });
    await stdout.until(/^LevelDB has no build for this machine: the tables are in memory, .*\n/m);
    const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
    expect(await (await fetch(`${url}/visits`)).json()).toEqual({ visits: 1 });
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("serves a production with all that watches it and a host name, too", async () => {
    const settings = [
      "stage=prod",
      "storage=dynamodb",
      "alarmEmail=ops@example.com",
      "tracing=true",
      "logLevel=WARN",
      "domainName=app.example.com",
      "certificateArn=arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
      "hostedZoneId=Z0123456789ABCDEFGHIJ",
    ];
    const args = settings.flatMap((setting) => ["-c", setting]);
    const { child, stdout, ended } = start(args, { npm_config_platform: "plan9" });
    await stdout.until(/http:\/\/localhost:\d+\n/);
    const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
    expect(await (await fetch(`${url}/visits`)).json()).toEqual({ visits: 1 });
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [
      "a wrong setting",
      ["-c", "lifetime=soon"],
      {},
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "soon".\n',
    ],
    [
      "a wrong option",
      ["-c", "flask"],
      {},
      'The option -c takes NAME=VALUE, such as -c flask=true, not "flask".\n',
    ],
    ["a wrong port", [], { PORT: "http" }, 'PORT must be a whole number from 0 to 65535, not "http".\n'],
    [
      "a short key",
      [],
      { SESSION_SECRET_KEYS: '["short-secret"]' },
      "SESSION_SECRET_KEYS: key 1 of the list is shorter than 32 bytes.\n",
    ],
  ])("answers %s with one sentence", async (_, args, environment, sentence) => {
    expect(await start(args, environment).ended).toEqual({ code: 1, stdout: "", stderr: sentence });
  });

  test("answers a port in use with one sentence", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const sentence = `Port ${port} is in use. Choose another one, such as PORT=${port + 1} npm start.\n`;
    expect(await start([], { PORT: String(port) }).ended).toEqual({ code: 1, stdout: "", stderr: sentence });
  });
});

describe("the project's own stack", () => {
  test("runs with the settings it is given", async () => {
    const terminal = new Terminal();
    const options = {
      context: { flask: "true", cookieName: "__Host-flask" },
      port: 0,
      secretKeys: TEST_KEYS,
    };
    const server = await startLocalServer({ ...options, output: new Output(terminal) });
    onTestFinished(() => server.close());
    const [cookie] = (await fetch(`${server.url}/set`)).headers.getSetCookie();
    // The signature of Flask's default, SHA-1, has 27 characters.
    expect(cookie).toMatch(/^flask=[\w.-]+\.[\w-]{27};/);
    expect(terminal.text).toMatch(/^ +GET \/set +functions\/set\.ts$/m);
  });
});
