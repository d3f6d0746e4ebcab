import { devNull } from "node:os";
import { join, parse } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { ExecutionEnvironment } from "../../../shared/local-run/functions/execution-environment.ts";
import { LambdaFunction } from "../../../shared/local-run/functions/lambda-function.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { makeBarrier } from "../../shared/local-run/barrier.ts";
import { LocalProject, runProject } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

const INTERNAL_ERROR = { status: 500, body: '{"message":"Internal Server Error"}' };

const NO_REASON =
  "[fn] Runtime exited without providing a reason: the function called process.exit(), or it waits for a promise that nothing can settle";

async function get(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
}

/** Runs one function for every request. Properties such as `Timeout` are added to its resource. */
function runFunction(source: string, properties: Record<string, unknown> = {}, environment = {}) {
  return runProject(
    { "fn.ts": source },
    { $default: { entry: "fn.ts", function: properties } },
    { environment },
  );
}

/** Handler that returns the number of its environment and of its event, after the barrier has opened. */
const COUNTER = `
const environment = crypto.randomUUID();
let events = 0;
export const handler = async () => {
  if (process.env.BARRIER) await fetch(process.env.BARRIER);
  events += 1;
  return { environment, events };
};`;

interface Count {
  readonly environment: string;
  readonly events: number;
}

describe("an execution environment", () => {
  test("an execution environment keeps its modules from one event to the next", async () => {
    const { url } = await runFunction(COUNTER);
    const first: Count = JSON.parse((await get(url)).body);
    const second: Count = JSON.parse((await get(url)).body);
    expect([first.events, second.events]).toEqual([1, 2]);
    expect(second.environment).toBe(first.environment);
  });

  test("simultaneous events get an execution environment each, up to ten, and further events wait", async () => {
    const barrier = await makeBarrier();
    const { url } = await runFunction(COUNTER, {}, { BARRIER: barrier.url });
    const requests = Promise.all(Array.from({ length: 12 }, () => get(url)));
    await barrier.waiting(10);
    barrier.open();
    const counts = (await requests).map(({ body }): Count => JSON.parse(body));
    expect(new Set(counts.map(({ environment }) => environment)).size).toBe(10);
    expect(counts.filter(({ events }) => events > 1).length).toBe(2);
  });

  test("a function sees the variables of Lambda and the stack, and none of the developer's", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "the developer's");
    const Environment = {
      Variables: {
        NAME: "value",
        PUBLIC_ORIGIN: "https://www.example.com",
        SESSION_SECRET_ARN: { Ref: "Secret" },
        SESSION_SETTINGS: '{"lifetime":60,"cookie":{"name":"__Host-sid"}}',
      },
    };
    const properties = { Environment, FunctionName: "shop", MemorySize: 256 };
    const { url } = await runFunction("export const handler = () => process.env;", properties, {
      TABLE: "local",
    });
    expect(JSON.parse((await get(url)).body)).toEqual({
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24};Parent=[\da-f]{16};Sampled=0$/),
      AWS_CONFIG_FILE: devNull,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_NAME: "shop",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_FORMAT: "Text",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/shop",
      AWS_LAMBDA_LOG_STREAM_NAME: "local",
      AWS_REGION: "us-east-1",
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      LAMBDA_TASK_ROOT: expect.stringMatching(/functions-\w+[\\/]1-shop[\\/]1$/),
      LANG: "en_US.UTF-8",
      NAME: "value",
      SESSION_SECRET_KEYS: '["a key of the tests, thirty-two bytes or more"]',
      SESSION_SETTINGS: '{"lifetime":60,"cookie":{"name":"sid","secure":false}}',
      TABLE: "local",
      TZ: ":UTC",
    });
  });

  test("a handler receives a context like Lambda's", async () => {
    const source = `export const handler = (event, context) => ({
      ...context,
      names: Object.keys(context),
      sameId: event.requestContext.requestId === context.awsRequestId,
      sameTrace: process.env._X_AMZN_TRACE_ID === context.xRayTraceId,
      inTime: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 7000,
    });`;
    const { url } = await runFunction(source, { FunctionName: "shop", Timeout: 7, MemorySize: 256 });
    expect(JSON.parse((await get(url)).body)).toEqual({
      names: [
        "clientContext",
        "identity",
        "invokedFunctionArn",
        "awsRequestId",
        "tenantId",
        "xRayTraceId",
        "getRemainingTimeInMillis",
        "functionName",
        "functionVersion",
        "memoryLimitInMB",
        "logGroupName",
        "logStreamName",
      ],
      functionName: "shop",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:shop",
      memoryLimitInMB: "256",
      awsRequestId: expect.stringMatching(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/),
      xRayTraceId: expect.stringMatching(/^Root=/),
      logGroupName: "/aws/lambda/shop",
      logStreamName: "local",
      sameId: false,
      sameTrace: true,
      inTime: true,
    });
  });

  test("the working directory of a function contains its bundle alone, and is its to change", async () => {
    const source = `
      import { readdirSync, readFileSync } from "node:fs";
      const before = process.cwd();
      const read = (file) => { try { return readFileSync(file, "utf8"); } catch (error) { return error.code; } };
      export const handler = () => {
        const seen = [before === process.env.LAMBDA_TASK_ROOT, readdirSync("."), read("package.json"), read(".env.local")];
        process.chdir("/");
        return [...seen, process.cwd()];
      };`;
    const files = {
      "fn.ts": source,
      "package.json": "{}",
      ".env.local": "A=1",
      "node_modules/a/index.js": "",
    };
    const { url } = await runProject(files, { $default: "fn.ts" });
    expect(JSON.parse((await get(url)).body)).toEqual([
      true,
      ["index.mjs"],
      "ENOENT",
      "ENOENT",
      parse(process.cwd()).root,
    ]);
  });

  test("a function finds no package of the project that its bundle does not contain", async () => {
    const source = `const name = ["a", ""].join(""); export const handler = async () => (await import(name)).default;`;
    const files = { "fn.ts": source, "node_modules/a/index.js": "module.exports = 'found';" };
    const { url, terminal } = await runProject(files, { $default: "fn.ts" });
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    expect(terminal.text).toContain("[fn] Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'a'");
  });

  test("a function is the main thread of its process, in UTC and American English", async () => {
    vi.stubEnv("TZ", "Asia/Tokyo");
    vi.stubEnv("LC_ALL", "de_DE.UTF-8");
    vi.stubEnv("NODE_OPTIONS", "--title=developer");
    const source = `
      import { isMainThread } from "node:worker_threads";
      export const handler = () => {
        const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
        return [isMainThread, locale, timeZone, new Date(0).getTimezoneOffset(), process.title === "developer"];
      };`;
    const { url } = await runFunction(source);
    expect(JSON.parse((await get(url)).body)).toEqual([true, "en-US", "UTC", 0, false]);
  });

  test("a function with NODE_OPTIONS=--inspect prints the address for a debugger", async () => {
    const source = `export const handler = () => 1;`;
    const { url, terminal } = await runFunction(source, {}, { NODE_OPTIONS: "--inspect=127.0.0.1:0" });
    expect(await get(url)).toEqual({ status: 200, body: "1" });
    await terminal.until(/\[fn\] Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//);
  });

  test("a handler may be nested in an export, or in the default export", async () => {
    const source = `export default { api: { handler: () => "nested" } };`;
    const { url } = await runFunction(source, { Handler: "index.api.handler" });
    expect(await get(url)).toEqual({ status: 200, body: "nested" });
  });

  test("every method of the console prints, including Lambda's console.fatal, in order", async () => {
    const levels = ["trace", "debug", "info", "warn", "error", "fatal", "log"];
    const source = `export const handler = () => { for (const level of ${JSON.stringify(levels)}) console[level]("%s!", level, 1); };`;
    const { url, terminal } = await runFunction(source);
    await get(url);
    await terminal.until(/GET \/ 200/);
    expect(terminal.text).toContain(levels.map((level) => `[fn] ${level}! 1\n`).join(""));
  });

  test("a result may contain line separators and 5 MB", async () => {
    const source = `export const handler = () => ({ statusCode: 200, body: "a\\u2028b\\u2029c\\r\\n" + "ä".repeat(2_500_000) });`;
    const { url } = await runFunction(source);
    expect((await get(url)).body).toBe(`a\u2028b\u2029c\r\n${"ä".repeat(2_500_000)}`);
  });

  test("the output of a function is printed before the line of its request", async () => {
    const source = `export const handler = () => {
      console.log("a line", { of: "output" });
      console.error("two\\nlines");
      process.stdout.write(Buffer.from("bytes"));
      return null;
    };`;
    const { url, terminal } = await runFunction(source);
    await get(url);
    await terminal.until(/GET \/ 200/);
    expect(terminal.text).toMatch(
      /\[fn\] a line \{ of: 'output' \}\n\[fn\] two\n\[fn\] lines\n\[fn\] bytes\nGET \/ 200 \d+ ms\n$/,
    );
  });

  test("functions are bundled as deployed, with CommonJS packages and top-level await", async () => {
    const files = {
      "fn.ts": `import path from "./commonjs.cjs"; const name = await Promise.resolve("a"); export const handler = () => path(name);`,
      "commonjs.cjs": `const { join } = require("node:path"); module.exports = (name) => join("x", name);`,
    };
    const { url } = await runProject(files, { $default: "fn.ts" });
    expect(await get(url)).toEqual({ status: 200, body: "x/a" });
  });

  test("a function's condition selects its modules, as in the deployed bundle", async () => {
    const files = {
      "package.json": JSON.stringify({
        imports: { "#where": { table: "./table.ts", default: "./cookie.ts" } },
      }),
      "fn.ts": `import { where } from "#where"; export const handler = () => where;`,
      "table.ts": `export const where = "table";`,
      "cookie.ts": `export const where = "cookie";`,
    };
    const table = await runProject(files, { $default: { entry: "fn.ts", conditions: ["table"] } });
    const cookie = await runProject(files, { $default: "fn.ts" });
    expect((await get(table.url)).body).toBe("table");
    expect((await get(cookie.url)).body).toBe("cookie");
  });
});

describe("a failure of a function", () => {
  test("an error of a handler is printed with its stack and cause, and the environment is kept", async () => {
    const files = {
      "fn.ts": `import { boom } from "./lib/boom.ts";\nlet n = 0;\nexport const handler = () => {\n  n += 1;\n  if (n === 1) boom();\n  return n;\n};`,
      "lib/boom.ts": `type Unused = string;\n\nexport function boom(): never {\n  throw new Error("boom", { cause: new RangeError("why") });\n}`,
    };
    const { url, terminal } = await runProject(files, { $default: "fn.ts" });
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    expect(terminal.text).toMatch(
      /\[fn\] Error: boom\n\[fn\] {5}at .*lib\/boom\.ts:4:9\)\n\[fn\] {5}at .*fn\.ts:5:16\)/,
    );
    expect(terminal.text).toMatch(/\[cause\]: RangeError: why/);
    expect(terminal.text).not.toMatch(/worker\.ts|node:internal/);
    expect(await get(url)).toEqual({ status: 200, body: "2" });
  });

  test.each([
    ["a thrown string", `() => { throw "a text"; }`, "[fn] 'a text'"],
    ["a rejection", `async () => { throw new Error("late"); }`, "[fn] Error: late"],
    [
      "a result that JSON cannot represent",
      "() => 1n",
      "[fn] TypeError: Do not know how to serialize a BigInt",
    ],
    ["an exit", "() => process.exit(3)", "[fn] Runtime exited with error: exit status 3"],
    [
      "a signal",
      `() => process.kill(process.pid, "SIGABRT")`,
      "[fn] Runtime exited with error: signal: SIGABRT",
    ],
    ["an exit without an error", "() => process.exit()", NO_REASON],
    ["a promise that nothing can settle", "() => new Promise(() => {})", NO_REASON],
    [
      "an error in the next turn of the event loop",
      `() => { setImmediate(() => { throw new Error("next"); }); return 1; }`,
      "[fn] Error: next",
    ],
    [
      "an error outside the handler's promise",
      `() => { setImmediate(() => { throw new Error("apart"); }); return new Promise(() => {}); }`,
      "[fn] Error: apart",
    ],
    [
      "an unhandled rejection",
      `() => { void Promise.reject(new Error("alone")); return new Promise(() => {}); }`,
      "[fn] Error: alone",
    ],
    [
      "a callback",
      "(event, context, callback) => callback(null, 1)",
      "[fn] TypeError: handler takes a callback, which Lambda supports up to Node.js 22 only. Return a promise instead.",
    ],
  ])(
    "a handler that fails by %s is answered with 500, and the failure is printed",
    async (_, handler, printed) => {
      const { url, terminal } = await runFunction(`export const handler = ${handler};`);
      expect(await get(url)).toEqual(INTERNAL_ERROR);
      expect(terminal.text).toContain(`${printed}\n`);
    },
  );

  test("an error while a function is loaded is answered with 500, and is printed", async () => {
    const { url, terminal } = await runFunction(`throw new Error("at init");`);
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    expect(terminal.text).toMatch(/\[fn\] Error: at init\n\[fn\] {5}at .*fn\.ts:1:7/);
  });

  test("a file without a handler is answered with 500, and the remedy is printed", async () => {
    const { url, terminal } = await runFunction("export const main = () => 1;");
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    expect(terminal.text).toContain(
      "[fn] TypeError: The function's file does not export a function named handler. Export one, or correct the name.",
    );
  });

  test("a failure between two events ends the environment, and the next event gets another", async () => {
    const source = `
      let events = 0;
      export const handler = () => {
        setTimeout(() => { throw new Error("afterwards"); }, 20);
        return ++events;
      };`;
    const { url, terminal } = await runFunction(source);
    expect(await get(url)).toEqual({ status: 200, body: "1" });
    await terminal.until(/\[fn\] Error: afterwards/);
    expect(await get(url)).toEqual({ status: 200, body: "1" });
    await terminal.until(/\[fn\] Runtime exited with error: exit status 1/);
  });

  test("an event that reaches a process while it exits is handled by another one", async () => {
    // The process reports its result, blocks while the next event arrives, and exits before it can read that
    // event.
    const source = `
      let events = 0;
      const exit = () => {
        for (const end = Date.now() + 50; Date.now() < end; );
        process.exit(7);
      };
      const afterResult = async () => {
        for (let turns = 0; turns < 20; turns++) await undefined;
        setImmediate(exit);
      };
      export const handler = () => {
        void afterResult();
        return ++events;
      };`;
    const { url, terminal } = await runFunction(source);
    for (let round = 0; round < 4; round++) expect(await get(url)).toEqual({ status: 200, body: "1" });
    await terminal.until(/\[fn\] Runtime exited with error: exit status 7/);
  });

  test("a failure between two events is printed even if the environment is just being ended", async () => {
    const source = `export const handler = () => { setImmediate(() => setImmediate(() => { throw new Error("afterwards"); })); };`;
    const project = await LocalProject.make({ "index.mjs": source });
    for (let round = 0; round < 10; round++) {
      const output: string[] = [];
      const environment = new ExecutionEnvironment({
        file: join(project.root, "index.mjs"),
        variables: { _HANDLER: "index.handler" },
        memorySize: 128,
        timeout: 10,
        cache: join(project.root, "compiled"),
        onOutput: (text) => output.push(text),
        onFailure: (text) => output.push(text),
      });
      const invocation = { event: "{}", requestId: "", traceId: "", functionArn: "" };
      expect(await environment.invoke(invocation, 10)).toMatchObject({ payload: "null" });
      while (!environment.ended) await setImmediate();
      await environment.terminate();
      expect(output.join("\n")).toMatch(/Error: afterwards[\s\S]*exit status 1/);
    }
  });

  test("a function that exits is ended with the processes that it has started, which hold its output", async () => {
    const { url, terminal } = await runFunction(
      `import { spawn } from "node:child_process";
      export const handler = async () => {
        spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
        process.exit(3);
      };`,
    );
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    await terminal.until(/\[fn\] Runtime exited with error: exit status 3\n/);
  });

  test("a line that a function writes to the descriptor of the messages is output, and ends nothing", async () => {
    const { url, terminal } = await runFunction(
      `import { writeSync } from "node:fs";
      export const handler = async () => {
        writeSync(3, "no message\\nnull\\n");
        return "done";
      };`,
    );
    expect(await get(url)).toEqual({ status: 200, body: "done" });
    await terminal.until(/\[fn\] no message\n\[fn\] null\n/);
  });

  test("a function that exceeds its timeout is ended, even if it never yields, and the next event gets another environment", async () => {
    const source = `export const handler = ({ spins }) => { while (spins); return "rested"; };`;
    const { root } = await LocalProject.make({ "fn.ts": source });
    const terminal = new Terminal();
    const definition = { name: "fn", entry: "fn.ts", handler: "handler", environment: {}, memorySize: 128 };
    const spinning = new LambdaFunction({
      definition: { ...definition, timeout: 0.2 },
      project: { ...LOCAL_PROJECT, root },
      outdir: join(root, "out"),
      variables: async () => ({ _HANDLER: "index.handler" }),
      output: new Output(terminal),
      onChange: () => {},
    });
    onTestFinished(() => spinning.close());
    const failure = "Task timed out after 0.20 seconds";
    expect(await spinning.invoke('{"spins":true}')).toEqual({ failure });
    expect(terminal.text).toBe(`[fn] ${failure}\n`);
    spinning.redefine({ ...definition, timeout: 60 });
    expect(await spinning.invoke('{"spins":false}')).toEqual({ kind: "result", payload: '"rested"' });
  });

  test.each([
    [3, 10],
    [60, 60],
  ])("a function with a timeout of %d seconds may take %d seconds to load", async (timeout, seconds) => {
    const source =
      "setInterval(() => {}, 1e6); await new Promise(() => {}); export const handler = () => {};";
    const { root } = await LocalProject.make({ "index.mjs": source });
    const limit = Promise.withResolvers<() => void>();
    vi.spyOn(globalThis, "setTimeout").mockImplementationOnce(((expire: () => void, wait: number) => {
      if (wait === seconds * 1000) limit.resolve(expire);
    }) as never);
    const environment = new ExecutionEnvironment({
      file: join(root, "index.mjs"),
      variables: { _HANDLER: "index.handler" },
      memorySize: 128,
      timeout,
      cache: join(root, "compiled"),
      onOutput: () => {},
      onFailure: () => {},
    });
    onTestFinished(() => environment.terminate());
    (await limit.promise)();
    const invocation = { event: "{}", requestId: "", traceId: "", functionArn: "" };
    const failure = `Init timed out after ${seconds} seconds`;
    expect(await environment.invoke(invocation, timeout)).toEqual({ failure });
  });

  test("a function that takes longer than the API waits is answered with 503", async () => {
    const barrier = await makeBarrier();
    const target = { entry: "fn.ts", integration: { TimeoutInMillis: 50 } };
    const { url } = await runProject(
      { "fn.ts": COUNTER },
      { $default: target },
      { environment: { BARRIER: barrier.url } },
    );
    expect(await get(url)).toEqual({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  test("a function that exceeds its memory is ended, and the failure is printed", async () => {
    const source =
      "export const handler = () => { const all = []; while (true) all.push(new Array(1000).fill(Math.random())); };";
    const { url, terminal } = await runFunction(source, { MemorySize: 32 });
    expect(await get(url)).toEqual(INTERNAL_ERROR);
    expect(terminal.text).toContain("JavaScript heap out of memory");
    expect(terminal.text).toMatch(/\[fn\] Runtime exited with error: signal: SIG\w+\n/);
  });
});
