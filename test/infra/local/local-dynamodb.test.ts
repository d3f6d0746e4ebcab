import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { LocalRunError } from "../../../infra/local/local-run-error.ts";
import { type LocalServer, startLocalServer } from "../../../infra/local/local-server.ts";
import { Output } from "../../../infra/local/output.ts";
import { synthesize } from "../../../infra/local/stack/synthesis.ts";
import type { Template } from "../../../infra/local/stack/template.ts";
import { LocalProject, TEST_KEYS } from "./local-project.ts";
import { Terminal } from "./terminal.ts";

// Each run bundles the SDK for each function, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The routes that these tests call: each function more is a bundle with the SDK more. */
const CALLED = ["GET /visits", "POST /sign-in", "GET /sessions", "POST /sessions/end"];

/** The templates of the project's own stack, each synthesized once. */
const templates = {
  dynamodb: await templateOf({ storage: "dynamodb" }),
  revocation: await templateOf({ storage: "revocable-cookie" }),
};

async function templateOf(context: Record<string, string>): Promise<Template> {
  const { Resources = {}, ...template } = await synthesize({ root: PROJECT_ROOT, context });
  const kept = Object.entries(Resources).filter(
    ([, { Type, Properties }]) =>
      Type !== "AWS::ApiGatewayV2::Route" || CALLED.includes(String(Properties?.RouteKey)),
  );
  return { ...template, Resources: Object.fromEntries(kept) };
}

/** A folder for the tables' data, which goes when the test ends. */
async function makeFolder(): Promise<string> {
  return join((await LocalProject.make()).root, "data");
}

/** Runs the project's own functions, with the tables' data in a folder. */
async function run(template: Template, data: string) {
  const terminal = new Terminal();
  const output = new Output(terminal);
  const server = await startLocalServer({ template, data, port: 0, secretKeys: TEST_KEYS, output });
  onTestFinished(() => server.close());
  return { ...server, terminal };
}

/** A visitor of one server after the other, with one cookie. */
class Visitor {
  #cookie = "";

  /** Sends a request, a form as a POST, and keeps the cookie that is set. */
  async request({ url }: LocalServer, path: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url + path, {
      headers: { cookie: this.#cookie },
      redirect: "manual",
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(";", 1).join();
    return response;
  }

  /** The body of a page, as JSON. */
  async json(server: LocalServer, path: string) {
    return (await this.request(server, path)).json();
  }
}

describe.each([
  ["storage=dynamodb", templates.dynamodb],
  ["revocation", templates.revocation],
])("the project's own stack with %s", (_, template) => {
  test("keeps its sessions from one run to the next, and says where", async () => {
    const data = await makeFolder();
    const visitor = new Visitor();
    const first = await run(template, data);
    expect(first.terminal.text).toMatch(
      /\nThe tables' data is in \S*data; delete that folder to begin anew\.\n/,
    );
    expect(await visitor.json(first, "/visits")).toEqual({ visits: 1 });
    await visitor.request(first, "/sign-in", { name: "Ada" });
    await first.close();
    const second = await run(template, data);
    expect(await visitor.json(second, "/visits")).toEqual({ visits: 2 });
    expect(await visitor.json(second, "/sessions")).toMatchObject({ sessions: [{ isCurrent: true }] });
  });

  test("lists a user's sessions on all devices, and ends them", async () => {
    const server = await run(template, await makeFolder());
    const [laptop, phone] = [new Visitor(), new Visitor()];
    expect((await laptop.request(server, "/sessions")).status).toBe(401);
    for (const device of [laptop, phone]) await device.request(server, "/sign-in", { name: "Ada" });
    const { sessions } = (await laptop.json(server, "/sessions")) as { sessions: object[] };
    expect(sessions).toHaveLength(2);
    expect((await laptop.request(server, "/sessions/end", { which: "others" })).status).toBe(303);
    expect((await phone.request(server, "/sessions")).status).toBe(401);
    expect((await laptop.request(server, "/sessions")).status).toBe(200);
  });
});

describe("the local run with a table", () => {
  test("refuses data that another one uses with a sentence, and frees its port", async () => {
    const data = await makeFolder();
    const { url } = await run(templates.dynamodb, data);
    const free = await startLocalServer({
      port: 0,
      template: { Resources: {} },
      secretKeys: TEST_KEYS,
      output: new Output(new Terminal()),
    });
    const port = Number(new URL(free.url).port);
    await free.close();
    const second = startLocalServer({ template: templates.dynamodb, data, port, secretKeys: TEST_KEYS });
    await expect(second).rejects.toThrow(LocalRunError);
    await expect(second).rejects.toThrow(/data is in use by another local run\. Stop that one first\.$/);
    await expect(fetch(`http://localhost:${port}`)).rejects.toThrow();
    expect((await fetch(`${url}/visits`)).status).toBe(200);
  });

  test("counts each of a hundred parallel visits of one session", async () => {
    const server = await run(templates.dynamodb, await makeFolder());
    const visitor = new Visitor();
    await visitor.request(server, "/visits");
    await Promise.all(Array.from({ length: 99 }, () => visitor.request(server, "/visits")));
    expect(await visitor.json(server, "/visits")).toEqual({ visits: 101 });
  });
});
