import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../../support/child-process.ts";
import type { ExampleProject } from "./example-project.ts";
import { followPage, type RunningProgram, startProgram } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

/** Variables of a server that is reached without HTTPS. */
const ENVIRONMENT = {
  SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]),
  SESSION_SETTINGS: JSON.stringify({ cookie: { name: "session", secure: false } }),
};

let project: ExampleProject;
const running: RunningProgram[] = [];
beforeAll(() => {
  project = followPage("node.md", { files: ["server.ts", "infra/web-function.ts"] });
});
afterAll(async () => {
  await Promise.all(running.map((program) => program.close()));
  project?.remove();
});

async function start(file: string, environment: Readonly<Record<string, string>> = {}) {
  const program = await startProgram(project, [file], { ...ENVIRONMENT, ...environment });
  running.push(program);
  return program;
}

test("a visitor of the Fastify example counts visits, signs in and reaches the account", async () => {
  const program = await start("server.ts");
  const visitor = new Visitor(program.url);
  for (const visits of [1, 2])
    expect(await (await visitor.get("/")).json(), program.output).toEqual({ visits });
  expect((await visitor.get("/account")).status).toBe(401);
  expect(await (await visitor.get("/sign-in")).text()).toContain("<form");
  expect((await visitor.post("/sign-in")).headers.get("location")).toBe("/account");
  expect(await (await visitor.get("/account")).text()).toBe("Hello, Ada");
});

test("visitors of the Fastify example who come at the same time each have their own session", async () => {
  const { url } = await start("server.ts");
  const counts = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const visitor = new Visitor(url);
      for (let visit = 0; visit < 4; visit += 1) await visitor.get("/");
      return (await visitor.get("/")).json();
    }),
  );
  expect(counts).toEqual(counts.map(() => ({ visits: 5 })));
});

test("the Web Function of the page is synthesized with a public endpoint, its keys and its bundle", async () => {
  const cdk = ["node_modules/aws-cdk/bin/cdk", "synth", "--quiet", "--output", "cdk.out"];
  const { status, stderr } = project.run(
    process.execPath,
    ...cdk,
    "--app",
    "npx --no -- node infra/web-function.ts",
  );
  expect(status, stderr).toBe(0);
  const { Resources } = JSON.parse(project.read("cdk.out/web-function.template.json"));
  const resources = Object.values<{ Type: string; Properties: object }>(Resources);
  const propertiesOf = (type: string) => resources.find(({ Type }) => Type === type)?.Properties;
  expect(propertiesOf("AWS::Lambda::WebFunctionEndpoint")).toMatchObject({ AuthType: "ApplicationManaged" });
  expect(propertiesOf("AWS::Lambda::WebFunctionRevision")).toMatchObject({
    BuildConfig: { RuntimeConfig: { Runtime: "nodejs24.x" } },
    ServiceConfig: {
      EnvironmentVariables: expect.objectContaining({
        SESSION_SECRET_ARN: expect.anything(),
        AWS_LAMBDA_NODEJS_ENTRYPOINT: "index.mjs",
      }),
    },
  });

  const endpoint = `127.0.0.1:${await findFreePort()}`;
  const { url } = await start(".local/web-function/index.mjs", { AWS_LAMBDA_HTTP_ENDPOINT: endpoint });
  expect(url).toBe(`http://${endpoint}`);
  expect(await (await new Visitor(url).get("/")).json()).toEqual({ visits: 1 });
});
