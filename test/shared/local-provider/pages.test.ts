import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { startLocalProvider } from "../../../shared/local-provider.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { ORIGIN, PEOPLE, RelyingParty } from "./relying-party.ts";

/** Browser that shows each page of the provider, with its redirects followed by hand. */
class Pages {
  readonly #jar = new CookieJar();

  async open(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = this.#jar.header(url) ?? "";
    const sent = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    const response = await fetch(url, { headers: { cookie }, redirect: "manual", ...sent });
    for (const setCookie of response.headers.getSetCookie()) this.#jar.store(setCookie, url);
    return response;
  }

  /** Opens an authorization request and returns the URL of the page on which a person is chosen. */
  async begin(party: RelyingParty): Promise<string> {
    const response = await this.open(await party.authorizationUrl());
    return new URL(response.headers.get("location") ?? "", party.provider.issuer).href;
  }
}

test("the page lists the people as labelled buttons and says that it is local", async () => {
  const party = await RelyingParty.start();
  const pages = new Pages();
  const html = await (await pages.open(await pages.begin(party))).text();
  expect(html).toContain(`<html lang="en">`);
  expect(html).toContain(`<p>${ORIGIN} asks who you are.</p>`);
  expect(html).toContain(
    `<button name="person" value="grace"><b>Grace</b> <span class="quiet">grace@people.example, with a second factor</span></button>`,
  );
  expect(html).toContain("This is the local provider of this project. It runs on this machine only");
  expect(html).not.toContain("<script");
});

test("the policy of a page allows its own style and forms, which may return to the application alone", async () => {
  const party = await RelyingParty.start();
  const pages = new Pages();
  const { headers } = await pages.open(await pages.begin(party));
  expect(headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]+='; img-src data:; form-action 'self' http:\/\/localhost:3000; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(headers.get("cache-control")).toBe("no-store");
});

test("the page of the second factor shows its code and does not accept another one", async () => {
  const party = await RelyingParty.start();
  const pages = new Pages();
  const url = await pages.begin(party);
  const asked = await (await pages.open(url, { person: "grace" })).text();
  expect(asked).toContain("every code\nis <code>123456</code>");
  expect(asked).toContain("<label>Code <input name=");
  const wrong = await pages.open(url, { person: "grace", digits: "654321" });
  expect([wrong.status, await wrong.text()]).toEqual([
    200,
    expect.stringContaining("That code is wrong. The code is 123456."),
  ]);
  expect((await pages.open(url, { person: "grace", digits: "123456" })).status).toBe(303);
});

test("a page that is opened again after the sign-in says that it is complete", async () => {
  const party = await RelyingParty.start();
  const pages = new Pages();
  const url = await pages.begin(party);
  const resume = await pages.open(url, { person: "ada" });
  await pages.open(resume.headers.get("location") ?? "");
  const again = await pages.open(url);
  expect([again.status, await again.text()]).toEqual([
    400,
    expect.stringContaining("This sign-in is complete"),
  ]);
});

test("a form that is too large or names nobody shows the page again", async () => {
  const party = await RelyingParty.start();
  const pages = new Pages();
  const url = await pages.begin(party);
  for (const person of ["nobody", `ada${" ".repeat(10_000)}`])
    expect(await (await pages.open(url, { person })).text()).toContain("Choose a person");
});

test("names are escaped", async () => {
  const people = [{ id: "ada", name: "<img src=x>" }];
  const party = await RelyingParty.start({ people });
  const pages = new Pages();
  const html = await (await pages.open(await pages.begin(party))).text();
  expect(html).toContain("<b>&#60;img src=x&#62;</b>");
});

test("a request with another host name is not answered, because its page may have rebound the name", async () => {
  const { provider } = await RelyingParty.start();
  const { port } = new URL(provider.issuer);
  const [status, body] = await new Promise<[number | undefined, string]>((resolve) => {
    const headers = { host: `rebound.example:${port}` };
    request(`${provider.issuer}/jwks`, { headers }, async (response) => {
      resolve([response.statusCode, await text(response)]);
    }).end();
  });
  expect(status).toBe(421);
  expect(body).toContain(`The address of the local provider is ${provider.issuer}.`);
});

test("neither oidc-provider nor the server prints anything, also when a request fails", async () => {
  const methods = ["log", "info", "warn", "error"] as const;
  const spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => {}));
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  onTestFinished(() => void vi.restoreAllMocks());
  const party = await RelyingParty.start();
  const { refresh_token } = await party.signIn("grace");
  await party.refresh(refresh_token);
  await party.signIn("ada", { prompt: "login" });
  await party.provider.rotateKeys();
  await party.provider.signOutEverywhere("ada");
  for (const path of ["/", "/missing", "/auth", "/session/end", "/me", "/interaction/unknown"])
    await fetch(party.provider.issuer + path);
  expect([...spies, ...streams].flatMap(({ mock }) => mock.calls)).toEqual([]);
});

test("the provider listens on 127.0.0.1 alone, and a port in use is an error with its code", async () => {
  const { provider } = await RelyingParty.start();
  const port = Number(new URL(provider.issuer).port);
  const second = startLocalProvider({ people: PEOPLE, clients: [], port });
  await expect(second).rejects.toMatchObject({ code: "EADDRINUSE", address: "127.0.0.1" });
});

test.each([
  ["port", { port: 70_000 }],
  ["accessTokenLifetime", { accessTokenLifetime: 0 }],
  ["algorithm", { algorithm: "HS256" as never }],
  ["clients.origins", { clients: [{ clientId: "app", origins: ["localhost"] }] }],
  ["clients.clientSecret", { clients: [{ clientId: "app", clientSecret: "", origins: [] }] }],
  ["clients.clientId", { clients: [{ clientId: "", origins: [] }] }],
])("an invalid option is rejected by its name: %s", async (option, options) => {
  const started = startLocalProvider({ people: PEOPLE, clients: [], ...options });
  await expect(started).rejects.toMatchObject({ name: "OptionError", option });
});

test("without the package oidc-provider, the start says how to install it", async () => {
  // Outside the project, so that no package is found.
  const folder = await mkdtemp(join(tmpdir(), "without-packages-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const shared = join(import.meta.dirname, "../../../shared");
  for (const room of ["local-provider", "options", "values"])
    await cp(join(shared, room), join(folder, room), { recursive: true });
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  await writeFile(
    join(folder, "start.ts"),
    `import { startLocalProvider } from "./local-provider/local-provider.ts";
    await startLocalProvider({ people: [{ id: "ada", name: "Ada" }], clients: [] });`,
  );
  const { stderr } = spawnSync(process.execPath, [join(folder, "start.ts")], { encoding: "utf8" });
  expect(stderr).toContain(
    "The local provider needs the package oidc-provider. Install it with: npm install --save-dev oidc-provider@9",
  );
});
