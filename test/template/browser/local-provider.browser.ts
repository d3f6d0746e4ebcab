import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { AxeBuilder } from "@axe-core/playwright";
import { type LocalProvider, startLocalProvider } from "lambda-sessions/local-provider";
import * as client from "openid-client";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { startChromium } from "./chromium.ts";
import { openWindow } from "./open-window.ts";

const SECRET = "a client secret of the tests";
const VERIFIER = "a-code-verifier-of-the-tests-with-43-characters";

let chromium: Browser;
let application: Server;
let origin: string;
let provider: LocalProvider;
let party: client.Configuration;

beforeAll(async () => {
  chromium = await startChromium();
  application = createServer(async (request, response) => {
    const fields = request.method === "POST" ? await text(request) : request.url?.split("?")[1];
    const names = [...new URLSearchParams(fields).keys()].join(" ");
    response.setHeader("content-type", "text/html");
    response.end(`<title>Application</title><p>${request.method} ${names}</p>`);
  }).listen(0, "localhost");
  await once(application, "listening");
  origin = `http://localhost:${(application.address() as AddressInfo).port}`;
  const people = join(PROJECT_ROOT, "infra/local/people.json");
  const clients = [{ clientId: "app", clientSecret: SECRET, origins: [origin] }];
  provider = await startLocalProvider({ people, clients });
  const options = { execute: [client.allowInsecureRequests] };
  party = await client.discovery(new URL(provider.issuer), "app", SECRET, undefined, options);
});

afterAll(async () => {
  await chromium.close();
  await provider.close();
  application.close();
});

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  return (await openWindow(chromium, options)).newPage();
}

async function authorizationUrl(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  return client.buildAuthorizationUrl(party, {
    redirect_uri: `${origin}/sign-in/callback`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(VERIFIER),
    code_challenge_method: "S256",
    ...parameters,
  }).href;
}

async function findViolations(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}

test.each([
  { colorScheme: "light" },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const)("the provider's pages are accessible: $colorScheme", async (look) => {
  const page = await openPage(look);
  await page.goto(await authorizationUrl());
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Grace Hopper" }).click();
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Sign in as Grace Hopper" }).click();
  await page.getByRole("alert").waitFor();
  expect(await findViolations(page)).toEqual([]);
  for (const path of ["/", "/session/end/success", "/auth?client_id=unknown"]) {
    await page.goto(provider.issuer + path);
    expect(await findViolations(page)).toEqual([]);
  }
});

test("a person with a second factor signs in with the keyboard alone and without scripts", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto(await authorizationUrl());
  for (const _person of ["Ada", "Alan", "Grace"]) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByLabel("Code").and(page.locator(":focus")).waitFor();
  await page.keyboard.type("123456");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${origin}/**`);
  expect(await page.locator("p").textContent()).toBe("GET code iss");
});

test("another person takes the place of the one who is signed in, and the response arrives in a form", async () => {
  const page = await openPage();
  await page.goto(await authorizationUrl());
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await page.waitForURL(`${origin}/**`);
  await page.goto(await authorizationUrl({ prompt: "select_account", response_mode: "form_post" }));
  await page.getByText("You are signed in as Ada Lovelace.").waitFor();
  await page.getByRole("button", { name: "Alan Turing" }).click();
  await page.waitForURL(`${origin}/**`);
  expect(await page.locator("p").textContent()).toBe("POST code iss");
});

test("a sign-out with the ID token returns to the application without a click", async () => {
  const page = await openPage();
  await page.goto(await authorizationUrl());
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await page.waitForURL(`${origin}/**`);
  const checks = { pkceCodeVerifier: VERIFIER };
  const { id_token = "" } = await client.authorizationCodeGrant(party, new URL(page.url()), checks);
  const post_logout_redirect_uri = `${origin}/signed-out`;
  const parameters = { id_token_hint: id_token, post_logout_redirect_uri };
  await page.goto(client.buildEndSessionUrl(party, parameters).href);
  await page.waitForURL(post_logout_redirect_uri);
  await page.goto(await authorizationUrl());
  await page.getByRole("heading", { name: "Choose a person" }).waitFor();
});

test("a sign-out without the ID token waits for a click", async () => {
  const page = await openPage();
  await page.goto(await authorizationUrl());
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await page.waitForURL(`${origin}/**`);
  await page.goto(`${provider.issuer}/session/end`);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out of the local provider.").waitFor();
});
