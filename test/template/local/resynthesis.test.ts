import { rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { makeBarrier } from "../../shared/local-run/barrier.ts";
import {
  apiTemplate,
  LocalProject,
  TEST_KEYS,
  type TestRoute,
} from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

/** Source of a CDK app that writes the template of a module beside it. */
const APP = `
import { writeFileSync } from "node:fs";
import { template } from "./lib/template.mjs";
const write = (name, content) => writeFileSync(process.env.CDK_OUTDIR + "/" + name, JSON.stringify(content));
write("stack.json", template);
write("manifest.json", {
  artifacts: { Stack: { type: "aws:cloudformation:stack", properties: { templateFile: "stack.json" } } },
});
`;

function moduleOf(routes: Readonly<Record<string, TestRoute>>): string {
  return `export const template = ${JSON.stringify(apiTemplate(routes))};`;
}

/** Runs a project whose stack is synthesized by its own app. */
async function runApp(
  files: Readonly<Record<string, string>>,
  routes: Readonly<Record<string, TestRoute>>,
  environment: Readonly<Record<string, string>> = {},
) {
  const project = await LocalProject.make({
    "cdk.json": JSON.stringify({ app: "npx --no -- node app/app.mjs" }),
    "app/app.mjs": APP,
    "app/lib/template.mjs": moduleOf(routes),
    ...files,
  });
  const terminal = new Terminal();
  const output = new Output(terminal);
  const options = { root: project.root, port: 0, secretKeys: TEST_KEYS, environment, output };
  const server = await startLocalServer({ ...LOCAL_PROJECT, ...options });
  onTestFinished(() => server.close());
  const setRoutes = (next: Readonly<Record<string, TestRoute>>) =>
    project.write("app/lib/template.mjs", moduleOf(next));
  return { ...server, project, terminal, setRoutes };
}

async function get(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

/** Source of a handler that counts its events, which shows a new environment. */
const COUNTER = "let events = 0;\nexport const handler = () => String((events += 1));";

describe("a saved change of the stack", () => {
  test("a new route answers the next request", async () => {
    const files = { "one.ts": COUNTER, "two.ts": `export const handler = () => "two";` };
    const { url, terminal, setRoutes } = await runApp(files, { "GET /one": "one.ts" });
    expect(await get(`${url}/two`)).toEqual([404, '{"message":"Not Found"}']);
    await setRoutes({ "GET /one": "one.ts", "GET /two": "two.ts" });
    expect(await get(`${url}/two`)).toEqual([200, "two"]);
    expect(terminal.text).toContain("The stack was synthesized again.\n  + GET /two  two.ts\n");
  });

  test("unchanged functions continue to run after a change of the stack", async () => {
    const files = { "one.ts": COUNTER, "two.ts": COUNTER };
    const { url, setRoutes } = await runApp(files, { "GET /one": "one.ts" });
    expect(await get(`${url}/one`)).toEqual([200, "1"]);
    await setRoutes({ "GET /one": "one.ts", "GET /two": "two.ts" });
    expect(await get(`${url}/two`)).toEqual([200, "1"]);
    expect(await get(`${url}/one`)).toEqual([200, "2"]);
  });

  test("a change of the stack takes effect without a request, and removes routes", async () => {
    const { url, terminal, setRoutes } = await runApp(
      { "one.ts": COUNTER },
      { "GET /one": "one.ts", "GET /a": "one.ts" },
    );
    await setRoutes({ "GET /one": "one.ts" });
    await terminal.until(/synthesized again\.\n {2}- GET \/a {2}one\.ts\n/);
    expect((await get(`${url}/a`))[0]).toBe(404);
  });

  test("a change of the stack changes variables and condition of a function", async () => {
    const files = {
      "package.json": JSON.stringify({
        imports: { "#where": { table: "./table.ts", default: "./cookie.ts" } },
      }),
      "fn.ts": `import { where } from "#where";\nexport const handler = () => where + process.env.NAME;`,
      "table.ts": `export const where = "table ";`,
      "cookie.ts": `export const where = "cookie ";`,
    };
    const named = (NAME: string, ...conditions: string[]): TestRoute => ({
      entry: "fn.ts",
      conditions,
      function: { Environment: { Variables: { NAME } } },
    });
    const { url, terminal, setRoutes } = await runApp(files, { "GET /": named("one") });
    expect(await get(url)).toEqual([200, "cookie one"]);
    await setRoutes({ "GET /": named("two") });
    await terminal.until(/(synthesized again\.[\s\S]*){1}/);
    expect(await get(url)).toEqual([200, "cookie two"]);
    await setRoutes({ "GET /": named("three", "table") });
    await terminal.until(/(synthesized again\.[\s\S]*){2}/);
    expect(await get(url)).toEqual([200, "table three"]);
  });

  test("a running request ends in the function that it started in", async () => {
    const barrier = await makeBarrier();
    const files = {
      "old.ts": `export const handler = async () => { await fetch(process.env.BARRIER); return "old"; };`,
      "new.ts": `export const handler = () => "new";`,
    };
    const environment = { BARRIER: barrier.url };
    const { url, terminal, setRoutes } = await runApp(files, { "GET /": "old.ts" }, environment);
    const before = get(url);
    await barrier.waiting(1);
    await setRoutes({ "GET /": "new.ts" });
    await terminal.until(/synthesized again\./);
    expect(await get(url)).toEqual([200, "new"]);
    barrier.open();
    expect(await before).toEqual([200, "old"]);
  });
});

describe("a source of the stack that is replaced by an older one", () => {
  const LONG_AGO = new Date("2020-01-01");
  const files = { "one.ts": COUNTER };

  test("the stack is synthesized again if the new source has the same size and time", async () => {
    const { project, terminal } = await runApp(files, { "GET /a": "one.ts" });
    const source = join(project.root, "app/lib/template.mjs");
    await utimes(source, LONG_AGO, LONG_AGO);
    await terminal.until(/synthesized again/);
    await project.write("app/lib/new.mjs", moduleOf({ "GET /b": "one.ts" }));
    await utimes(join(project.root, "app/lib/new.mjs"), LONG_AGO, LONG_AGO);
    await rename(join(project.root, "app/lib/new.mjs"), source);
    await terminal.until(/ {2}\+ GET \/b {2}one\.ts\n/);
  });

  test("the stack is synthesized again after a change in a folder that has replaced another one", async () => {
    const { project, terminal, setRoutes } = await runApp(files, { "GET /a": "one.ts" });
    await project.write("app/new/template.mjs", moduleOf({ "GET /b": "one.ts" }));
    await rename(join(project.root, "app/lib"), join(project.root, "app/old"));
    await rename(join(project.root, "app/new"), join(project.root, "app/lib"));
    await terminal.until(/ {2}\+ GET \/b {2}one\.ts\n/);
    await setRoutes({ "GET /c": "one.ts" });
    await terminal.until(/ {2}\+ GET \/c {2}one\.ts\n/);
  });
});

describe("a stack that no longer synthesizes", () => {
  test.each([
    ["has a syntax error", "export const template = ;", /SyntaxError/],
    ["throws", `export const template = {};\nthrow new Error("a wrong setting");`, /a wrong setting/],
    ["imports a missing module", `export { template } from "./later.mjs";`, /later\.mjs/],
    ["has no API", "export const template = { Resources: {} };", /No stack of the CDK app has an HTTP API/],
    [
      "has a route that leads to nothing",
      moduleOf({ "GET /": { entry: "one.ts", integration: { IntegrationUri: "nowhere" } } }),
      /The route GET \/ cannot run locally: its integration is neither a Lambda function of the stack nor an HTTP service/,
    ],
  ])(
    "a stack that %s is printed, and the previous one runs until it is corrected",
    async (_, source, printed) => {
      const { url, project, terminal, setRoutes } = await runApp(
        { "one.ts": COUNTER },
        { "GET /": "one.ts" },
      );
      await project.write("app/lib/template.mjs", source);
      await terminal.until(/The previous stack keeps running, because the new one fails:\n/);
      await terminal.until(printed);
      expect(await get(url)).toEqual([200, "1"]);
      await setRoutes({ "GET /": "one.ts", "GET /mended": "one.ts" });
      await terminal.until(/synthesized again\.\n {2}\+ GET \/mended {2}one\.ts\n/);
      expect(await get(url)).toEqual([200, "2"]);
    },
  );

  test("a stack that names a function's missing file is synthesized again when the file is created", async () => {
    const files = { "functions/one.ts": COUNTER };
    const { url, project, terminal } = await runApp(files, { "GET /one": "functions/one.ts" });
    const routes = { "GET /one": "functions/one.ts", "GET /two": "functions/two.ts" };
    const check = `import { existsSync } from "node:fs";\nif (!existsSync("functions/two.ts")) throw new Error("no file");\n`;
    await project.write("app/lib/template.mjs", check + moduleOf(routes));
    await terminal.until(/The previous stack keeps running, because the new one fails:\n/);
    await project.write("functions/two.ts", `export const handler = () => "two";`);
    await terminal.until(/synthesized again\.\n {2}\+ GET \/two/);
    expect(await get(`${url}/two`)).toEqual([200, "two"]);
  });

  test("a stack is synthesized again when a missing module is created", async () => {
    const { project, terminal } = await runApp({ "one.ts": COUNTER }, { "GET /": "one.ts" });
    await project.write("app/lib/template.mjs", `export { template } from "./later.mjs";`);
    await terminal.until(/keeps running/);
    await project.write("app/lib/later.mjs", moduleOf({ "GET /later": "one.ts" }));
    await terminal.until(/synthesized again\.\n {2}\+ GET \/later {2}one\.ts\n/);
  });
});
