import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followPage, type RunningProgram, startProgram } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

/** The client of the page, as far as the tests use it. */
interface SessionClient {
  fetch(path: string): Promise<Response>;
  post(path: string, value?: unknown): Promise<Response>;
}

const CLIENT_ID = "com.example.app";
const keys = await generateKeyPair("RS256");
const provider = createServer(async (_request, response) => {
  const jwk = await exportJWK(keys.publicKey);
  response
    .setHeader("content-type", "application/json")
    .end(JSON.stringify({ keys: [{ ...jwk, kid: "1" }] }));
}).listen(0, "127.0.0.1");
await once(provider, "listening");
const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
afterAll(() => provider.close());

/** A function in the place of an example, which shows how the user has authenticated. */
const AUTHENTICATION = `import { withSession } from "./runtime/session.ts";
export const handler = withSession((_event, session) => session.authentication ?? null);
`;

const project = followPage("mobile-clients.md");
afterAll(() => project.remove());
const variables = { MOBILE_ISSUER: issuer, MOBILE_CLIENT_ID: CLIENT_ID, MOBILE_KEYS_URL: `${issuer}/keys` };
const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
project.write(".env.local", lines.join(""));
project.write("functions/get.ts", AUTHENTICATION);
const { SessionClient: Client } = (await import(
  pathToFileURL(`${project.root}/mobile/session-client.ts`).href
)) as { SessionClient: new (origin: string, storage: object) => SessionClient };

/** Returns an ID token as the provider signs it for the application. */
function idToken(
  nonce: string,
  { audience = CLIENT_ID, sub = "ada", key = keys.privateKey, claims = {} } = {},
) {
  const token = new SignJWT({ ...claims, nonce, name: "Ada" }).setProtectedHeader({ alg: "RS256", kid: "1" });
  return token
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(key);
}

test("a path that would turn the origin into another host is not requested", async () => {
  const storage = { read: () => Promise.reject(new Error("the token was read")) };
  const client = new Client("https://api.example.com", storage);
  for (const path of [".evil.example/", "@evil.example/", ":443@evil.example/", ""])
    await expect(client.fetch(path), path).rejects.toThrow("path must begin with a slash");
});

describe.each([
  { storage: "dynamodb", sessionTransport: "both" },
  { storage: "revocable-cookie", sessionTransport: "header" },
])("the mobile application with $storage and $sessionTransport", (context) => {
  let example: RunningProgram;
  beforeAll(async () => {
    const settings = Object.entries(context).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    example = await startProgram(project, ["infra/local/start.cjs", "--no-types", ...settings]);
  });
  afterAll(() => example?.close());

  /** Installs the application on a new telephone, with the token of another one if it is given. */
  function install(token: string | null = null) {
    const storage = {
      token,
      read: async () => storage.token,
      write: async (next: string) => {
        storage.token = next;
      },
      remove: async () => {
        storage.token = null;
      },
    };
    return { storage, client: new Client(example.url, storage) };
  }

  async function signIn(client: SessionClient, options: Parameters<typeof idToken>[1] = {}) {
    const { nonce } = (await (await client.post("/mobile/nonce")).json()) as { nonce: string };
    return client.post("/mobile/sign-in", { idToken: await idToken(nonce, options) });
  }

  test("a user signs in, and the session survives a restart of the application", async () => {
    const { storage, client } = install();
    const response = await signIn(client);
    expect([response.status, await response.json()]).toEqual([200, { user: "Ada" }]);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await (await client.fetch("/mobile/visits")).json()).toEqual({ user: "Ada", visits: 1 });
    const restarted = install(storage.token).client;
    expect(await (await restarted.fetch("/mobile/visits")).json()).toEqual({ user: "Ada", visits: 2 });
  });

  test("a visitor who is not signed in gets 401 with a challenge", async () => {
    const response = await install().client.fetch("/mobile/visits");
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await response.json()).toMatchObject({ status: 401, detail: "Please sign in." });
  });

  test("an ID token of another session, application, provider or of nothing signs nobody in", async () => {
    const { client } = install();
    const { privateKey } = await generateKeyPair("RS256");
    const refused = [
      await signIn(client, { audience: "com.example.other" }),
      await signIn(client, { key: privateKey }),
      await client.post("/mobile/sign-in", { idToken: await idToken("another nonce") }),
      await client.post("/mobile/sign-in", { idToken: "eyJhbGciOiJub25lIn0.e30." }),
      await client.post("/mobile/sign-in"),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect((await client.fetch("/mobile/visits")).status).toBe(401);
  });

  test("an ID token signs in once", async () => {
    const { client } = install();
    const { nonce } = (await (await client.post("/mobile/nonce")).json()) as { nonce: string };
    const token = await idToken(nonce, { sub: "once" });
    const statuses = [];
    for (let use = 0; use < 2; use++)
      statuses.push((await client.post("/mobile/sign-in", { idToken: token })).status);
    expect(statuses).toEqual([200, 401]);
  });

  test.each([
    ["when", { auth_time: 1_600_000_000 }, "2020-09-13T12:26:40.000Z"],
    ["not when", {}, undefined],
  ])(
    "the session keeps where and when the provider authenticated the user, if the ID token says %s",
    async (_when, claims, at) => {
      const { client } = install();
      await signIn(client, { sub: "dorothy", claims });
      const authentication = await (await client.fetch("/get")).json();
      expect(authentication).toEqual({ ...(at && { at }), issuer });
    },
  );

  test("a sign-out removes the token from the telephone, and refuses every copy of it", async () => {
    const { storage, client } = install();
    await signIn(client, { sub: "grace" });
    const copy = install(storage.token);
    await client.post("/mobile/sign-out");
    expect(storage.token).toBeNull();
    const response = await copy.client.fetch("/mobile/visits");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(copy.storage.token).toBeNull();
  });

  test("a user ends the session of a lost telephone from another one", async () => {
    const [lost, found] = [install(), install()];
    await signIn(lost.client, { sub: `eve of ${context.storage}` });
    await signIn(found.client, { sub: `eve of ${context.storage}` });
    const { sessions } = (await (await found.client.fetch("/sessions")).json()) as { sessions: object[] };
    expect(sessions).toHaveLength(2);
    const headers = { authorization: `Bearer ${found.storage.token}` };
    const body = new URLSearchParams({ which: "others" });
    await fetch(`${example.url}/sessions/end`, { method: "POST", redirect: "manual", headers, body });
    expect((await lost.client.fetch("/mobile/visits")).status).toBe(401);
    expect((await found.client.fetch("/mobile/visits")).status).toBe(200);
  });

  test("a browser has its session in a cookie only if the transport is both", async () => {
    const visitor = new Visitor(example.url);
    const visits = [];
    for (let visit = 0; visit < 2; visit++) visits.push(await (await visitor.get("/visits")).json());
    const isBoth = context.sessionTransport === "both";
    expect(visits).toEqual([{ visits: 1 }, { visits: isBoth ? 2 : 1 }]);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const { status } = await visitor.post("/sign-in", { name: "Ada" }, { headers });
    expect(status).toBe(isBoth ? 403 : 303);
  });

  test("no token is in the output of the functions", async () => {
    const { storage, client } = install();
    await signIn(client);
    await install(`${storage.token?.slice(0, -1)}!`).client.fetch("/mobile/visits");
    const [secret = ""] = storage.token?.split(".") ?? [];
    // The response may be read before the output.
    await expect.poll(() => example.output, { timeout: 30_000 }).toContain("session_refused");
    expect(example.output).not.toContain(secret);
  });
});
