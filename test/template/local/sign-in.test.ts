import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApplicationRequest, ProviderVisitor } from "lambda-sessions/local-provider";
import { CookieJar } from "lambda-sessions/testing";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { TEST_KEYS } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

/** Browser at the application of a local run and at its provider. */
class Visitor {
  readonly provider = new ProviderVisitor();
  readonly #jar = new CookieJar();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async send({ method, url: target, form }: ApplicationRequest): Promise<Response> {
    const url = new URL(target, this.#origin).href;
    const cookie = this.#jar.header(url);
    const headers = { accept: "text/html", origin: this.#origin, ...(cookie && { cookie }) };
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { method, headers, redirect: "manual", ...(body && { body }) });
    for (const setCookie of response.headers.getSetCookie()) this.#jar.store(setCookie, url);
    return response;
  }

  async get(url: string): Promise<Response> {
    return this.send({ method: "GET", url });
  }

  /** Signs in as a person, and returns the path to which the application sends the browser in the end. */
  async signInAs(person: string, path = "/sign-in"): Promise<string> {
    const begun = await this.get(path);
    const request = await this.provider.signInAs(person, begun.headers.get("location") ?? "");
    let response = await this.send(request);
    // With form_post, the application redirects from the other site's POST to a GET of its own.
    if (request.method === "POST") response = await this.get(response.headers.get("location") ?? "");
    return response.headers.get("location") ?? `${response.status}: ${await response.text()}`;
  }

  async readUser(): Promise<unknown> {
    const { user } = (await (await this.get("/session")).json()) as { user?: unknown };
    return user;
  }
}

/** Runs this project's stack with its local provider until the test ends. */
async function runStack(context: Readonly<Record<string, string>> = {}) {
  const data = await realpath(await mkdtemp(join(tmpdir(), "sign-in-")));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const terminal = new Terminal();
  const output = new Output(terminal);
  const options = { port: 0, secretKeys: TEST_KEYS, data, output };
  const server = await startLocalServer({
    ...LOCAL_PROJECT,
    ...options,
    context: { signIn: "oidc", timeout: "30", ...context },
  });
  onTestFinished(() => server.close());
  const [, issuer = ""] = /local provider at (\S+)/.exec(terminal.text) ?? [];
  return { url: server.url, issuer, terminal, visit: () => new Visitor(server.url) };
}

test("a visitor signs in at the local provider, returns to the page, and signs out on both sides", async () => {
  const { visit, terminal } = await runStack();
  const visitor = visit();
  expect(await visitor.signInAs("grace", "/sign-in?returnTo=/session")).toBe("/session");
  expect(await visitor.readUser()).toEqual({ id: "grace", name: "Grace Hopper" });
  const page = await (await visitor.send({ method: "POST", url: "/sign-out" })).text();
  const [, next = ""] = /content="0;url=([^"]+)"/.exec(page) ?? [];
  const { url } = await visitor.provider.open(next.replaceAll(/&#38;|&amp;/g, "&"));
  expect((await visitor.get(url)).status).toBe(200);
  expect(await visitor.readUser()).toBeNull();
  const begun = await visitor.get("/sign-in");
  const again = visitor.provider.open(begun.headers.get("location") ?? "");
  await expect(again).rejects.toThrow("The provider asks who signs in");
  expect(terminal.text).not.toMatch(/grace@people\.example|id_token|code=/);
});

test.each(["dynamodb", "revocable-cookie"])(
  "with storage=%s and form_post, a sign-out at the provider ends the session of every browser of that person",
  async (storage) => {
    const { visit, issuer, terminal } = await runStack({ storage, oidcResponseMode: "form_post" });
    const [first, second, other] = [visit(), visit(), visit()];
    expect(await first.signInAs("ada", "/sign-in?returnTo=/session")).toBe("/session");
    await second.signInAs("ada");
    await other.signInAs("grace");
    expect(await second.readUser()).toMatchObject({ id: "ada" });
    const signOut = await fetch(issuer, { method: "POST", body: new URLSearchParams({ signOut: "ada" }) });
    expect(await signOut.text()).toContain("Ada Lovelace is signed out of the provider in every browser.");
    expect([await first.readUser(), await second.readUser()]).toEqual([null, null]);
    expect(await other.readUser()).toMatchObject({ id: "grace" });
    expect(terminal.text).toContain("POST /sign-out/back-channel 200");
    expect(terminal.text).not.toContain("did not reach");
  },
);
