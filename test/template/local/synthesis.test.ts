import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { synthesize } from "../../../shared/local-run/stack/synthesis.ts";
import { LocalProject } from "../../shared/local-run/local-project.ts";

/**
 * Source of an app that writes an assembly with two stacks. The second has the API, and the app's context and
 * arguments.
 */
const APP = `
import { readFileSync, writeFileSync } from "node:fs";
const write = (name, content) => writeFileSync(process.env.CDK_OUTDIR + "/" + name, JSON.stringify(content));
const given = { context: JSON.parse(readFileSync(process.env.CONTEXT_OVERFLOW_LOCATION_ENV)), node: process.version, other: process.env.CDK_CONTEXT_JSON };
write("first.json", { Resources: { Topic: { Type: "AWS::SNS::Topic" } } });
write("second.json", { Resources: { Api: { Type: "AWS::ApiGatewayV2::Api", Properties: given } } });
const stack = (templateFile) => ({ type: "aws:cloudformation:stack", properties: { templateFile } });
write("manifest.json", { artifacts: { Tree: { type: "cdk:tree" }, First: stack("first.json"), Second: stack("second.json") } });
`;

function project(app: string, files: Record<string, string> = {}) {
  return LocalProject.make({
    "cdk.json": JSON.stringify({ app: "npx --no -- node app.mjs" }),
    "app.mjs": app,
    ...files,
  });
}

describe("synthesis", () => {
  test("a synthesis runs the app of cdk.json and finds the stack with the API", async () => {
    const { root } = await project(APP);
    const { Resources } = await synthesize({ root });
    expect(Object.keys(Resources ?? {})).toEqual(["Api"]);
    expect(Resources?.Api?.Properties?.node).toBe(process.version);
  });

  test("a synthesis passes the context of files and command line to the app, and turns bundling off", async () => {
    const { root } = await project(APP, {
      "cdk.json": JSON.stringify({
        app: "node app.mjs",
        context: { "@aws-cdk/flag": true, flask: "false", list: [1] },
      }),
      "cdk.context.json": JSON.stringify({ "availability-zones": ["a"] }),
    });
    const { Resources } = await synthesize({ root, context: { flask: "true" } });
    expect(Resources?.Api?.Properties?.context).toMatchObject({
      "@aws-cdk/flag": true,
      "availability-zones": ["a"],
      flask: "true",
      list: [1],
      "aws:cdk:bundling-stacks": [],
    });
  });

  test("a synthesis passes no context that the developer's environment contains", async () => {
    vi.stubEnv("CDK_CONTEXT_JSON", '{"flask":"true"}');
    const { root } = await project(APP);
    const { Resources } = await synthesize({ root });
    vi.unstubAllEnvs();
    expect(Resources?.Api?.Properties?.context).not.toHaveProperty("flask");
    expect(Resources?.Api?.Properties).not.toHaveProperty("other");
  });

  test("a synthesis ends the processes that the app has left, which hold its output", async () => {
    const { root } = await project(`
      import { spawn } from "node:child_process";
      const args = ["-e", "setInterval(() => {}, 1000)"];
      spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }).unref();
      ${APP}`);
    const { Resources } = await synthesize({ root });
    expect(Object.keys(Resources ?? {})).toEqual(["Api"]);
  });

  test("a synthesis that was ended before the app has started does not start it", async () => {
    const { root } = await project(`${APP}\nwriteFileSync("started", "");`);
    await expect(synthesize({ root, signal: AbortSignal.abort() })).rejects.toThrow("aborted");
    expect(existsSync(join(root, "started"))).toBe(false);
  });

  test("a synthesis prefers the context of cdk.json to that of cdk.context.json, and both to that of ~/.cdk.json", async () => {
    const home = await LocalProject.make({
      ".cdk.json": JSON.stringify({ app: "exit 1", context: { user: "u", both: "u", all: "u" } }),
    });
    vi.stubEnv("HOME", home.root).stubEnv("USERPROFILE", home.root);
    const { root } = await project(APP, {
      "cdk.context.json": JSON.stringify({ both: "l", all: "l", lookup: "l" }),
      "cdk.json": JSON.stringify({ app: "node app.mjs", context: { all: "p" } }),
    });
    const { Resources } = await synthesize({ root });
    expect(Resources?.Api?.Properties?.context).toMatchObject({
      user: "u",
      lookup: "l",
      both: "l",
      all: "p",
    });
  });

  test("a synthesis passes a context that is larger than a variable of the environment can be", async () => {
    const lookup = "x".repeat(200_000);
    const { root } = await project(APP, { "cdk.context.json": JSON.stringify({ lookup }) });
    const { Resources } = await synthesize({ root });
    expect(Resources?.Api?.Properties?.context).toMatchObject({ lookup });
  });

  test("a synthesis reads files that begin with a byte order mark, as the cdk command does", async () => {
    const { root } = await project(APP, {
      "cdk.json": `\uFEFF${JSON.stringify({ app: "node app.mjs", context: { flask: "true" } })}`,
      "cdk.context.json": '\uFEFF{"lookup":"l"}',
    });
    const { Resources } = await synthesize({ root });
    expect(Resources?.Api?.Properties?.context).toMatchObject({ flask: "true", lookup: "l" });
  });

  test("a synthesis runs the build command of cdk.json before the app", async () => {
    const { root } = await project("", {
      "cdk.json": JSON.stringify({ app: "npx node built.mjs", build: "cp source.mjs built.mjs" }),
      "source.mjs": APP,
    });
    const { Resources } = await synthesize({ root });
    expect(Object.keys(Resources ?? {})).toEqual(["Api"]);
  });

  test("a synthesis forwards the warnings of a successful app", async () => {
    const { root } = await project(`console.error("mind the gap");${APP}`);
    const warnings: string[] = [];
    await synthesize({ root, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual(["mind the gap"]);
  });

  test.each([
    [
      "the app's own message",
      `console.error("The setting x is wrong."); process.exit(1);`,
      "The setting x is wrong.",
    ],
    [
      "the exit code if the app prints nothing",
      "process.exit(7);",
      "The CDK app (node app.mjs) ended with exit code 7 and printed no error. Run it alone to see more.",
    ],
  ])("a synthesis that fails ends with %s", async (_, app, sentence) => {
    const { root } = await project(app);
    await expect(synthesize({ root })).rejects.toThrow(new LocalRunError(sentence));
  });

  test("a synthesis whose app throws ends with a sentence and the app's stack trace", async () => {
    const { root } = await project(`\nthrow new Error("broken stack");`);
    await expect(synthesize({ root })).rejects.toThrow(
      /^The CDK app \(node app\.mjs\) failed\.\n.*app\.mjs:2\n.*Error: broken stack/s,
    );
  });

  test("a synthesis whose app has a syntax error names file and line, and no line of Node.js", async () => {
    const { root } = await project("\nconst 1;");
    await expect(synthesize({ root })).rejects.toThrow(
      /^The CDK app \(node app\.mjs\) failed\.\n(?!node:)[^\n]*app\.mjs:2\n.*SyntaxError/s,
    );
  });

  test("a synthesis whose app rejects names the error first, and no line of Node.js", async () => {
    const { root } = await project(
      `\nprocess.emitWarning = () => {}; await Promise.reject({ name: "broken stack" });`,
    );
    await expect(synthesize({ root })).rejects.toThrow(/^The CDK app \(node app\.mjs\) failed\.\n(?!node:)/);
  });

  describe("several stacks with an API", () => {
    const several = APP.replace("AWS::SNS::Topic", "AWS::ApiGatewayV2::Api");
    const servedOf = async (root: string, stack?: string) => {
      const warnings: string[] = [];
      const onWarning = (text: string) => warnings.push(text);
      const { Resources } = await synthesize({ root, ...(stack && { stack }), onWarning });
      return { served: Object.keys(Resources ?? {}), warnings };
    };

    test("a synthesis of several stacks with an API serves the first, and names all of them", async () => {
      const { root } = await project(several);
      const warning =
        "Several stacks of the CDK app have an HTTP API: First, Second. First is served. Choose with npm start -- --stack NAME.";
      expect(await servedOf(root)).toEqual({ served: ["Topic"], warnings: [warning] });
    });

    test("a synthesis of several stacks with an API serves the one that is chosen", async () => {
      const { root } = await project(several);
      expect(await servedOf(root, "Second")).toEqual({ served: ["Api"], warnings: [] });
    });

    test("a choice of a stack without an API is rejected, and the error names those with one", async () => {
      const { root } = await project(several);
      await expect(servedOf(root, "Third")).rejects.toThrow(
        new LocalRunError(
          "No stack named Third has an HTTP API. Choose one of these with --stack: First, Second.",
        ),
      );
    });
  });

  test("a synthesis without an API fails, and the error says so", async () => {
    const { root } = await project(APP.replace("AWS::ApiGatewayV2::Api", "AWS::SQS::Queue"));
    await expect(synthesize({ root })).rejects.toThrow(/^No stack of the CDK app has an HTTP API/);
  });

  test("a synthesis needs a cdk.json that names an app", async () => {
    const { root } = await LocalProject.make();
    await expect(synthesize({ root })).rejects.toThrow(/cdk\.json cannot be read: ENOENT/);
    const nameless = await LocalProject.make({ "cdk.json": "{}" });
    await expect(synthesize(nameless)).rejects.toThrow("cdk.json must name the CDK app in its property app");
  });
});
