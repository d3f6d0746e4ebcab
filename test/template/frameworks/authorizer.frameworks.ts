import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { synthesize } from "../../../shared/local-run/stack/synthesis.ts";
import type { Template } from "../../../shared/local-run/stack/template.ts";
import { pageBlocks } from "../page-block.ts";
import type { ExampleProject } from "./example-project.ts";
import { followPage, type RunningProgram, startProgram } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let project: ExampleProject;
let service: RunningProgram;
let local: RunningProgram;

beforeAll(async () => {
  project = followPage("authorizer.md");
  service = await startProgram(project, ["services/archive.ts"]);
  const routes = project.read("infra/routes.ts");
  project.write("infra/routes.ts", routes.replaceAll("http://localhost:4000", service.url));
  local = await startProgram(project, ["infra/local/start.cjs", "--no-types", "-c", "storage=dynamodb"]);
});

afterAll(async () => {
  await Promise.all([local?.close(), service?.close()]);
  project?.remove();
});

async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(local.url);
  await visitor.get("/visits");
  await visitor.post("/sign-in", { name });
  return visitor;
}

test("a function without a session answers a user of the authorizer's example", async () => {
  const visitor = await signedIn("Ada");
  expect(await (await visitor.get("/reports/7")).json()).toEqual({ report: "7", userId: "Ada", visits: 1 });
});

test("a plain HTTP service receives the user, the session and the claims, whatever the client sends", async () => {
  const visitor = await signedIn("Zoë 100%");
  const forged = { "x-user-id": "root", "X-Session-Id": "forged", "x-user-claims": '{"admin":true}' };
  expect(await (await visitor.get("/archive/2026?page=2", { headers: forged })).json()).toEqual({
    method: "GET",
    url: "/2026?page=2",
    userId: "Zoë 100%",
    claims: { visits: 1 },
    sessionId: expect.stringMatching(/^[\w-]{22}$/),
  });
});

test("a request that the authorizer denies does not reach the service", async () => {
  const visitor = await signedIn("Ada");
  const crossSite = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const answers = [
    await new Visitor(local.url).get("/archive/1"),
    await new Visitor(local.url).get("/archive/1", { headers: { cookie: "theme=dark" } }),
    await visitor.post("/archive", {}, { headers: crossSite }),
    await visitor.get("/archive/1", { headers: { x_user_id: "root" } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 403, 403, 403]);
  expect((await visitor.post("/archive")).status).toBe(200);
  await visitor.post("/sign-out");
  expect((await visitor.get("/archive/1")).status).toBe(403);
});

describe("the example with clients without cookies", () => {
  const AUTHORIZER = "functions/authorizer.ts";

  beforeAll(async () => {
    await local.close();
    const page = readFileSync(join(PROJECT_ROOT, "shared/docs/authorizer.md"), "utf8");
    const added = pageBlocks(page).find(({ section }) => section === "Clients without cookies")?.code ?? "";
    const [imports = "", option = ""] = [/^import .*\n/gm, /^ {2}tokens: .*\n/gm].map((lines) =>
      (added.match(lines) ?? []).join(""),
    );
    const [before = "", after = ""] = project.read(AUTHORIZER).split("  sessionInterface,\n");
    project.write(AUTHORIZER, `${imports}${before}  sessionInterface,\n${option}${after}`);
    const routes = project.read("infra/routes.ts");
    const trusting = routes.replace(/(local: "[^"]+") \}/g, "$1, receivesTokens: true }");
    project.write("infra/routes.ts", trusting);
    const settings = ["-c", "storage=dynamodb", "-c", "sessionTransport=both"];
    local = await startProgram(project, ["infra/local/start.cjs", "--no-types", ...settings]);
  });

  test("the token of a user in Authorization passes the authorizer, and a wrong one does not", async () => {
    const visitor = new Visitor(local.url);
    const headers = { "session-transport": "header" };
    const answer = await visitor.post("/sign-in", { name: "Ada" }, { headers });
    const authorization = `Bearer ${answer.headers.get("session-token")}`;
    const report = await visitor.get("/reports/7", { headers: { authorization } });
    expect(await report.json()).toMatchObject({ userId: "Ada" });
    const wrong = await visitor.get("/reports/7", { headers: { authorization: "Bearer wrong" } });
    expect(wrong.status).toBe(403);
  });
});

describe("the stack of the example", () => {
  let template: Template;

  beforeAll(async () => {
    const resources = project.read("infra/resources.ts");
    const imports = `import { addRestApi } from "./rest-api.ts";\nimport { addWebSocketApi } from "./web-socket-api.ts";\n`;
    const list = "RESOURCES: readonly AddResources[] = [";
    expect(resources).toContain(list);
    project.write(
      "infra/resources.ts",
      imports + resources.replace(list, `${list}addRestApi, addWebSocketApi,`),
    );
    template = await synthesize({ root: project.root });
  });

  function propertiesOf(type: string): unknown[] {
    return Object.values(template.Resources ?? {})
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties);
  }

  test("the REST API asks the authorizer for each request", () => {
    const [authorizer, ...others] = propertiesOf("AWS::ApiGateway::Authorizer");
    expect(others).toEqual([]);
    expect(authorizer).toMatchObject({ Type: "REQUEST", AuthorizerResultTtlInSeconds: 0 });
    expect(propertiesOf("AWS::ApiGateway::Method")).toMatchObject([
      { HttpMethod: "GET", AuthorizationType: "CUSTOM" },
    ]);
  });

  test("the WebSocket API asks the authorizer for $connect", () => {
    const authorizers = propertiesOf("AWS::ApiGatewayV2::Authorizer");
    expect(authorizers).toContainEqual(
      expect.objectContaining({ AuthorizerType: "REQUEST", IdentitySource: ["route.request.header.Cookie"] }),
    );
    expect(propertiesOf("AWS::ApiGatewayV2::Route")).toContainEqual(
      expect.objectContaining({ RouteKey: "$connect", AuthorizationType: "CUSTOM" }),
    );
  });

  test("one function is the authorizer of all APIs", () => {
    const files = Object.values(template.Resources ?? {}).map(({ Metadata }) => Metadata?.["local:entry"]);
    expect(files.filter((file) => file === "functions/authorizer.ts")).toHaveLength(1);
  });
});
