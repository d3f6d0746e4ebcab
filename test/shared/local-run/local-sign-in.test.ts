import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ProviderVisitor } from "lambda-sessions/local-provider";
import * as client from "openid-client";
import { expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { type LocalServerOptions, startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { apiTemplate, LocalProject, TEST_KEYS } from "./local-project.ts";
import { Terminal } from "./terminal.ts";

/** Source of a CDK app that passes the context on to its function, as the stack does. */
const APP = `
import { readFileSync, writeFileSync } from "node:fs";
const { oidcIssuer, oidcClientId, cognito } = JSON.parse(readFileSync(process.env.CONTEXT_OVERFLOW_LOCATION_ENV));
const template = ${JSON.stringify(apiTemplate({ "GET /": "environment.ts" }))};
const Variables = { OIDC_ISSUER: oidcIssuer, OIDC_CLIENT_ID: oidcClientId, COGNITO: cognito, OIDC_CLIENT_SECRET_ARN: "arn" };
if (oidcIssuer) template.Resources.Functionenvironmentts.Properties.Environment = { Variables };
const write = (name, content) => writeFileSync(process.env.CDK_OUTDIR + "/" + name, JSON.stringify(content));
write("stack.json", template);
write("manifest.json", {
  artifacts: { Stack: { type: "aws:cloudformation:stack", properties: { templateFile: "stack.json" } } },
});
`;

const PORT_FILE = ".local/local-provider-port";

/** Port of this process alone, which no system gives to a program that asks for any free one. */
const OWN_PORT = 20_000 + (process.pid % 10_000);

const PEOPLE = readFileSync(join(PROJECT_ROOT, "infra/local/people.json"), "utf8");

/** Variables of the sign-in that a function sees. */
interface Seen {
  readonly OIDC_ISSUER: string;
  readonly OIDC_CLIENT_ID: string;
  readonly OIDC_CLIENT_SECRET: string;
  readonly OIDC_CLIENT_SECRET_ARN?: string;
  readonly COGNITO?: string;
}

async function makeProject(files: Readonly<Record<string, string>> = {}): Promise<LocalProject> {
  return LocalProject.make({
    "cdk.json": JSON.stringify({ app: "node app.mjs" }),
    "app.mjs": APP,
    "environment.ts": "export const handler = () => process.env;",
    "infra/local/people.json": PEOPLE,
    ...files,
  });
}

/** Runs a project until the test ends or closes it. Each call is a run of its own. */
async function run(project: LocalProject, context: LocalServerOptions["context"] = { signIn: "oidc" }) {
  const terminal = new Terminal();
  const output = new Output(terminal);
  const server = await startLocalServer({
    ...LOCAL_PROJECT,
    root: project.root,
    context,
    port: 0,
    secretKeys: TEST_KEYS,
    output,
  });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= server.close());
  onTestFinished(close);
  const seen = (await (await fetch(server.url)).json()) as Seen;
  return { url: server.url, close, terminal, seen };
}

/** Signs in as a person, as the function would with its variables. */
async function signIn(url: string, seen: Seen, person: string) {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = seen;
  const options = { execute: [client.allowInsecureRequests] };
  const issuer = new URL(OIDC_ISSUER);
  const party = await client.discovery(issuer, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, undefined, options);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const authorization = client.buildAuthorizationUrl(party, {
    redirect_uri: `${url}/sign-in/callback`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const request = await new ProviderVisitor().signInAs(person, authorization.href);
  return client.authorizationCodeGrant(party, new URL(request.url), { pkceCodeVerifier });
}

test("with signIn=oidc the functions sign in at a provider on this machine, whose address is printed", async () => {
  const { url, seen, terminal } = await run(await makeProject());
  expect(seen.OIDC_ISSUER).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(seen).not.toHaveProperty("OIDC_CLIENT_SECRET_ARN");
  expect((await signIn(url, seen, "grace")).claims()).toMatchObject({ name: "Grace Hopper", acr: "mfa" });
  expect(terminal.text).toContain(
    `The local provider at ${seen.OIDC_ISSUER} signs visitors in. Its people are in infra/local/people.json.`,
  );
  expect(terminal.text).not.toContain(seen.OIDC_CLIENT_SECRET);
  expect(terminal.text).not.toContain("client secret");
});

test("three people can sign in, one of them with a second factor", () => {
  const people = JSON.parse(PEOPLE) as { secondFactor?: boolean }[];
  expect(people.map(({ secondFactor = false }) => secondFactor)).toEqual([false, false, true]);
});

test("a restart keeps the provider's address and its signing key", async () => {
  // A port of its own: others may take one of the usual ports between the two runs.
  const project = await makeProject({ [PORT_FILE]: String(OWN_PORT) });
  const first = await run(project);
  expect(first.seen.OIDC_ISSUER).toBe(`http://127.0.0.1:${OWN_PORT}`);
  const before = await (await fetch(`${first.seen.OIDC_ISSUER}/jwks`)).json();
  await first.close();
  await expect(fetch(`${first.seen.OIDC_ISSUER}/jwks`)).rejects.toThrow();
  const second = await run(project);
  expect(second.seen.OIDC_ISSUER).toBe(first.seen.OIDC_ISSUER);
  expect(await (await fetch(`${second.seen.OIDC_ISSUER}/jwks`)).json()).toEqual(before);
});

test("the first run of a project writes down the provider's port for the next one", async () => {
  const project = await makeProject();
  const { seen } = await run(project);
  expect(await readFile(join(project.root, PORT_FILE), "utf8")).toBe(new URL(seen.OIDC_ISSUER).port);
});

test.each(["99999", "-1", "1e3", "port"])(
  "a file that names %j as the provider's port is replaced",
  async (text) => {
    const project = await makeProject({ [PORT_FILE]: text });
    const { seen } = await run(project);
    expect(await readFile(join(project.root, PORT_FILE), "utf8")).toBe(new URL(seen.OIDC_ISSUER).port);
  },
);

test("while the port of the previous run is in use, the provider listens on another one", async () => {
  const project = await makeProject();
  const [first, second] = [await run(project), await run(project)];
  expect(second.seen.OIDC_ISSUER).not.toBe(first.seen.OIDC_ISSUER);
  expect((await signIn(second.url, second.seen, "ada")).claims()?.sub).toBe("ada");
});

test("without signIn=oidc no provider runs", async () => {
  const { seen, terminal } = await run(await makeProject(), {});
  expect(seen).not.toHaveProperty("OIDC_CLIENT_SECRET");
  expect(terminal.text).not.toContain("provider");
});

test("with a real issuer the client secret comes from .env.local, and a sentence says if it is missing", async () => {
  const context = { signIn: "oidc", oidcIssuer: "https://provider.example", oidcClientId: "app" };
  const cdkJson = JSON.stringify({ app: "node app.mjs", context });
  const missing = await run(await makeProject({ "cdk.json": cdkJson }), {});
  expect(missing.seen).toMatchObject({ OIDC_ISSUER: "https://provider.example", OIDC_CLIENT_ID: "app" });
  expect(missing.terminal.text).toContain("The client secret of https://provider.example is missing");
  const files = { "cdk.json": cdkJson, ".env.local": "OIDC_CLIENT_SECRET=of-the-provider" };
  const complete = await run(await makeProject(files), {});
  expect(complete.seen.OIDC_CLIENT_SECRET).toBe("of-the-provider");
  expect(complete.terminal.text).not.toContain("is missing");
});

test("the command that a missing client secret suggests signs in at the local provider, where cdk.json has no settings", async () => {
  const context = { signIn: "oidc", oidcIssuer: "https://provider.example", oidcClientId: "app" };
  const { terminal } = await run(await makeProject(), context);
  const [, suggested = ""] = /npm start --((?: -c \w+=\w+)+)/.exec(terminal.text) ?? [];
  const settings = [...suggested.matchAll(/(\w+)=(\w+)/g)].map(([, name = "", value = ""]) => [name, value]);
  const { url, seen } = await run(await makeProject(), Object.fromEntries(settings));
  expect((await signIn(url, seen, "ada")).claims()?.sub).toBe("ada");
});

test("oidcIssuer=local replaces a real issuer, whose secret in .env.local it does not use", async () => {
  const context = { signIn: "oidc", oidcIssuer: "https://provider.example", oidcClientId: "app" };
  const project = await makeProject({
    "cdk.json": JSON.stringify({ app: "node app.mjs", context }),
    ".env.local": "OIDC_CLIENT_SECRET=of-the-provider",
  });
  const { url, seen } = await run(project, { oidcIssuer: "local" });
  expect(seen.OIDC_CLIENT_ID).toBe("local");
  expect((await signIn(url, seen, "ada")).claims()?.sub).toBe("ada");
});

test("the provider takes the place of Cognito, which exists on AWS only", async () => {
  const { url, seen, terminal } = await run(await makeProject(), { signIn: "oidc", cognito: "true" });
  expect(seen.COGNITO).toBe("false");
  expect(terminal.text).toContain("signs visitors in, in the place of Cognito.");
  expect((await signIn(url, seen, "ada")).claims()?.sub).toBe("ada");
});

test("a file of keys with something else stops the start with a sentence", async () => {
  const project = await makeProject({ ".local/local-provider-keys.json": "{}" });
  const failure = await run(project).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(LocalRunError);
  expect(String(failure)).toContain("local-provider-keys.json: contains no keys of the provider; delete it");
});

test("an invalid setting stops the start with the sentence of the synthesis", async () => {
  const context = { signIn: "oidc", storage: "nothing" };
  await expect(run(await makeProject(), context)).rejects.toThrow("The setting storage must be one of");
});
