import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUNDLING } from "../../../infra/bundling.ts";
import { functionUrlEvent } from "../../../shared/testing/events.ts";
import { ExampleProject } from "../frameworks/example-project.ts";
import { readPageExample } from "../frameworks/page-example.ts";
import { FunctionProcess } from "./function-process.ts";

/** Changes the session in the body of a streamed response, after it was saved. */
const LATE_CHANGE = `
import { streamSession } from "lambda-sessions/streaming";
import { withSession } from "./runtime/session.ts";

export const handler = streamSession(withSession, (_event, session) => {
  async function* body() {
    yield "half";
    session.set("visits", 1);
  }
  return { statusCode: 200, body: body() };
});
`;

/** Sends a response without a body, whose first write is empty. */
const REDIRECT = `
import { streamSession } from "lambda-sessions/streaming";
import { withSession } from "./runtime/session.ts";

export const handler = streamSession(withSession, () => ({ statusCode: 303, headers: { location: "/" } }));
`;

let project: ExampleProject;

beforeAll(() => {
  project = new ExampleProject(readPageExample("event-forms.md", ["functions/answer.ts"]));
  project.write("functions/late.ts", LATE_CHANGE);
  project.write("functions/redirect.ts", REDIRECT);
});

afterAll(() => project?.remove());

/** Bundles a function as `cdk deploy` does, and starts it under AWS's runtime client. */
async function start(name: string): Promise<FunctionProcess> {
  const folder = join(project.root, "built", name);
  const entryPoints = [join(project.root, `functions/${name}.ts`)];
  await build({ ...BUNDLING, entryPoints, absWorkingDir: project.root, outfile: join(folder, "index.mjs") });
  const built = { entry: "", folder, handler: "index.handler", environment: {}, routes: [] };
  return FunctionProcess.start(built, {
    SESSION_SECRET_KEYS: JSON.stringify(["k".repeat(64)]),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
  });
}

/** Returns the prelude and the body of a streamed response. */
function read(response: string) {
  const end = response.indexOf("\0".repeat(8));
  return { prelude: JSON.parse(response.slice(0, end)), body: response.slice(end + 8) };
}

test("the page's function streams its response to Lambda, with a prelude that has the session's cookie", async () => {
  await using running = await start("answer");
  const first = await running.invoke(functionUrlEvent({ url: "/?q=why" }));
  expect(first.headers).toMatchObject({
    "content-type": "application/vnd.awslambda.http-integration-response",
    "lambda-runtime-function-response-mode": "streaming",
  });
  const { prelude, body } = read(first.body);
  expect(body).toBe("Question 1 was: why. ");
  expect(prelude).toMatchObject({
    statusCode: 200,
    headers: { vary: "Cookie", "cache-control": "no-store" },
  });
  const [cookie = ""] = prelude.cookies;
  const second = await running.invoke(functionUrlEvent({ headers: { cookie: cookie.split(";")[0] } }));
  expect(read(second.body).body).toBe("Question 2 was: nothing. ");
  expect(running.failures).toEqual([]);
});

test("a refused request of a streaming function has a whole response", async () => {
  await using running = await start("answer");
  const headers = { "sec-fetch-site": "cross-site" };
  const { body } = await running.invoke(functionUrlEvent({ method: "POST", headers }));
  expect(read(body)).toMatchObject({
    prelude: { statusCode: 403 },
    body: expect.stringContaining("another site"),
  });
});

test("a response without a body reaches Lambda with its prelude", async () => {
  await using running = await start("redirect");
  const { body } = await running.invoke(functionUrlEvent());
  expect(read(body)).toEqual({ prelude: { statusCode: 303, headers: { location: "/" } }, body: "" });
  expect(running.failures).toEqual([]);
});

test("a change of the session in the body is an error in the log that names the call", async () => {
  await using running = await start("late");
  expect(read((await running.invoke(functionUrlEvent())).body).body).toBe("half");
  expect(JSON.stringify(running.failures)).toContain("session.set() was called after the response began");
});
