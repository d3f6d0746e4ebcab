import { describe, expect, test } from "vitest";
import { OidcClient } from "../../../shared/oidc/provider/oidc-client.ts";
import { OptionError } from "../../../shared/options/option-error.ts";
import { HostileProvider, sendJson } from "./hostile-provider.ts";
import { SignInWorld, type WorldOptions } from "./sign-in-world.ts";

const HOUR = 3600;
const down = (response: { writeHead(status: number): { end(): void } }) => response.writeHead(503).end();

async function signsIn(world: SignInWorld): Promise<boolean> {
  const browser = world.browser();
  await world.signIn(browser);
  return (await world.userOf(browser)) === "u-1";
}

describe("options", () => {
  const valid = { issuer: "https://idp.example", clientId: "c" };

  test.each([
    ["issuer", { issuer: "http://idp.example" }],
    ["issuer", { issuer: "http://localhost.evil.example" }],
    ["issuer", { issuer: "https://idp.example?x=1" }],
    ["issuer", { issuer: "https://u:p@idp.example" }],
    ["issuer", { issuer: "idp.example" }],
    ["clientId", { clientId: "" }],
    ["clientSecret", { clientSecret: "secret" as never }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: Number.POSITIVE_INFINITY }],
  ])("a wrong %s is an OptionError that names it: %j", (option, options) => {
    let error: unknown;
    try {
      new OidcClient({ ...valid, ...options });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ option });
  });

  test.each([
    "https://idp.example",
    "https://idp.example/tenant/v2.0",
    "http://127.0.0.1:3001",
    "http://localhost:3001",
  ])("the issuer %s is accepted", (issuer) => {
    expect(new OidcClient({ ...valid, issuer })).toBeInstanceOf(OidcClient);
  });

  test.each<[string, WorldOptions]>([
    ["scope", { scope: "profile" }],
    ["responseMode", { responseMode: "fragment" as never }],
    ["publicOrigin", { publicOrigin: "https://app.example.com/" }],
    ["signOutUrl", { signOutUrl: "http://pool.example.com/logout" }],
    ["claims.email", { claims: { email: "text" } as never }],
    ["keys", { keys: [] }],
    ["settings.cookie.path", { settings: { cookie: { path: "/app" } } }],
  ])("a wrong %s of the routes is an OptionError", async (option, options) => {
    await expect(SignInWorld.start(options)).rejects.toThrow(`${option}: `);
  });
});

describe("metadata and keys", () => {
  test("metadata and keys are read once for many sign-ins", async () => {
    const world = await SignInWorld.start();
    for (let time = 0; time < 3; time++) expect(await signsIn(world)).toBe(true);
    expect(world.provider.requests).toEqual({ discovery: 1, keys: 1, token: 3 });
  });

  test("a rotation of the provider's keys needs no deployment", async () => {
    const world = await SignInWorld.start();
    await signsIn(world);
    await world.provider.rotateKeys();
    expect(await signsIn(world)).toBe(true);
    expect(world.provider.requests.keys).toBe(2);
  });

  test("parallel sign-ins after a rotation read the keys once", async () => {
    const world = await SignInWorld.start();
    await signsIn(world);
    await world.provider.rotateKeys();
    expect(await Promise.all([signsIn(world), signsIn(world), signsIn(world)])).toEqual([true, true, true]);
    expect(world.provider.requests.keys).toBe(2);
  });

  test("a new key under the id of an old one is found too", async () => {
    const world = await SignInWorld.start();
    world.provider.sign = (claims, provider) => provider.signWith(claims, { kid: undefined as never });
    await signsIn(world);
    await world.provider.rotateKeys();
    expect(await signsIn(world)).toBe(true);
  });

  test("a flood of tokens of unknown keys reads the keys every 30 seconds at most", async () => {
    const world = await SignInWorld.start();
    await signsIn(world);
    const forged = await world.provider.signWith({ iss: world.provider.issuer }, { kid: "unknown" });
    for (let time = 0; time < 20; time++) await world.client.verify(forged).catch(() => {});
    expect(world.provider.requests.keys).toBe(2);
    world.clock.advance(30);
    await world.client.verify(forged).catch(() => {});
    expect(world.provider.requests.keys).toBe(3);
  });

  test("a changed endpoint is found after an hour at most three", async () => {
    const world = await SignInWorld.start();
    await signsIn(world);
    world.provider.metadata = { authorization_endpoint: `${world.provider.issuer}/new` };
    world.clock.advance(3 * HOUR);
    expect(await world.begin(world.browser())).toContain(`${world.provider.issuer}/new`);
  });

  test("while the provider's metadata and keys are down, those that were read are used, and the log says so", async () => {
    const world = await SignInWorld.start();
    await signsIn(world);
    Object.assign(world.provider.responders, { discovery: down, keys: down });
    world.clock.advance(30 * 24 * HOUR);
    expect(await signsIn(world)).toBe(true);
    const record = {
      level: "WARN",
      event: "provider_not_refreshed",
      reason: "provider_unavailable",
      message: "the provider responded with 503",
    };
    expect(world.clientLog.records).toEqual([record, record]);
    expect(world.reasons).toEqual([]);
  });

  test("withdrawn keys are refused after half an hour", async () => {
    const world = await SignInWorld.start();
    const forged = await world.provider.signWith({ iss: world.provider.issuer, aud: "client-1" });
    await world.client.verify(forged);
    await world.provider.rotateKeys();
    world.clock.advance(1800);
    await expect(world.client.verify(forged)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
  });

  test("keys that are no keys are an invalid response", async () => {
    const world = await SignInWorld.start();
    world.provider.responders.keys = (response) => sendJson(response, 200, { keys: [5] });
    await expect(world.client.verify("a.b.c")).rejects.toMatchObject({ reason: "provider_invalid_response" });
  });

  test.each<[string, object]>([
    ["a point that is not on the curve", { kty: "EC", crv: "P-256", x: "AA", y: "AA" }],
    ["no point", { kty: "EC", crv: "P-256" }],
    ["a curve that is a number", { kty: "EC", crv: 5, x: "AA", y: "AA" }],
    ["a type that is a number", { kty: 5 }],
    ["a short modulus", { kty: "RSA", n: "AQAB", e: "AQAB", alg: "RS256" }],
    ["a secret", { kty: "oct", k: "c2VjcmV0" }],
  ])("a key of the provider with %s refuses the sign-in with a reason", async (_name, key) => {
    const world = await SignInWorld.start();
    world.provider.metadata = { id_token_signing_alg_values_supported: ["ES256", "RS256"] };
    world.provider.responders.keys = (response) =>
      sendJson(response, 200, { keys: [{ kid: "key-1", ...key }] });
    if ("alg" in key)
      world.provider.sign = (claims) =>
        `${[{ alg: "RS256", kid: "key-1" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.AAAA`;
    const response = await world.signIn(world.browser());
    expect(response.status).toBe(502);
    expect([["provider_invalid_response"], ["id_token_unknown_key"]]).toContainEqual(world.reasons);
  });

  test("connections are closed, because a frozen function cannot keep them", async () => {
    const world = await SignInWorld.start();
    const seen: unknown[] = [];
    world.provider.responders.discovery = (response, request) => {
      seen.push(request.headers.connection);
      down(response);
    };
    await world.browser().get("/sign-in");
    expect(seen).toEqual(["close"]);
  });
});

describe("the client's secret", () => {
  test.each<[string, string[] | undefined, RegExp | undefined, boolean]>([
    [
      "in the body, if the provider takes that",
      ["client_secret_basic", "client_secret_post"],
      undefined,
      true,
    ],
    ["in the header, if the provider takes only that", ["client_secret_basic"], /^Basic /, false],
    ["in the header, if the metadata says nothing", undefined, /^Basic /, false],
  ])("the client secret is sent %s", async (_name, methods, header, isInBody) => {
    const world = await SignInWorld.start();
    world.provider.metadata = { token_endpoint_auth_methods_supported: methods };
    expect(await signsIn(world)).toBe(true);
    const [{ authorization, body } = { authorization: "", body: new URLSearchParams() }] =
      world.provider.received;
    expect(authorization).toEqual(header ? expect.stringMatching(header) : undefined);
    expect(body.has("client_secret")).toBe(isInBody);
  });

  test("a public client sends no client secret", async () => {
    const world = await SignInWorld.start({ client: { clientSecret: undefined } });
    world.provider.clientSecret = undefined;
    expect(await signsIn(world)).toBe(true);
    expect(world.provider.received[0]?.body.has("client_secret")).toBe(false);
  });

  test.each([401, 400])(
    "a secret that was replaced is read again once, after the status %i",
    async (status) => {
      const secrets = ["old", "new"];
      let reads = 0;
      const world = await SignInWorld.start({
        client: { clientSecret: async () => secrets[reads++] ?? "new" },
      });
      world.provider.clientSecret = "new";
      if (status === 400) world.provider.rejectionStatus = 400;
      expect(await signsIn(world)).toBe(true);
      expect(await signsIn(world)).toBe(true);
      expect([reads, world.provider.requests.token]).toEqual([2, 3]);
    },
  );

  test("a secret that the provider rejects twice is answered with 503, and the log names the remedy", async () => {
    let reads = 0;
    const world = await SignInWorld.start({ client: { clientSecret: async () => `wrong ${++reads}` } });
    const response = await world.signIn(world.browser());
    expect([response.status, reads, world.provider.requests.token]).toEqual([503, 2, 2]);
    await world.signIn(world.browser());
    expect(reads).toBe(2);
    world.clock.advance(5);
    await world.signIn(world.browser());
    expect(reads).toBe(3);
    world.log.records.splice(1);
    expect(world.log.records).toMatchObject([
      { level: "ERROR", reason: "client_rejected", message: expect.stringContaining("check the client id") },
    ]);
    expect(world.log.text).not.toContain("wrong");
  });

  test.each([
    ["is empty", async () => "", "client_secret_missing", "store the one that the provider gave you"],
    [
      "cannot be read",
      async () => Promise.reject(new Error("the secret is abc")),
      "client_secret_unreadable",
      "the client secret cannot be read; see the cause: Error",
    ],
  ])(
    "a secret that %s is answered with 503 before the visitor leaves, and the log names the remedy",
    async (_name, clientSecret, reason, remedy) => {
      const world = await SignInWorld.start({ client: { clientSecret } });
      const response = await world.browser().get("/sign-in");
      expect(response.status).toBe(503);
      expect(response.body).toContain("Signing in is not set up correctly.");
      expect(world.log.records).toMatchObject([{ reason, message: expect.stringContaining(remedy) }]);
      expect(world.log.text).not.toContain("abc");
    },
  );

  test("a secret that was missing is used a few seconds after it was stored, and a flood does not read it", async () => {
    let [secret, reads] = ["", 0];
    const clientSecret = async () => {
      reads += 1;
      return secret;
    };
    const world = await SignInWorld.start({ client: { clientSecret } });
    for (let time = 0; time < 5; time++) expect((await world.browser().get("/sign-in")).status).toBe(503);
    expect(reads).toBe(1);
    secret = world.provider.clientSecret ?? "";
    world.clock.advance(5);
    expect(await signsIn(world)).toBe(true);
  });

  test("parallel sign-ins read the secret once", async () => {
    let reads = 0;
    const clientSecret = async () => {
      reads += 1;
      return world.provider.clientSecret ?? "";
    };
    const world: SignInWorld = await SignInWorld.start({ client: { clientSecret } });
    await Promise.all([signsIn(world), signsIn(world)]);
    expect(reads).toBe(1);
  });
});

test("a token of another issuer, for another client, or that has expired is not verified", async () => {
  const world = await SignInWorld.start();
  const { issuer, nowSeconds } = world.provider;
  const valid = { iss: issuer, aud: HostileProvider.clientId, exp: nowSeconds + 60 };
  const verify = async (claims: object) =>
    world.client.verify(await world.provider.signWith({ ...valid, ...claims }));
  expect((await verify({})).payload).toEqual(valid);
  await expect(verify({ iss: "https://evil.example" })).rejects.toMatchObject({ claim: "iss" });
  await expect(verify({ aud: "client-2" })).rejects.toMatchObject({ claim: "aud" });
  await expect(verify({ exp: nowSeconds - 61 })).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
});

test("a function that has no more time answers before the gateway does", async () => {
  const world = await SignInWorld.start();
  world.provider.responders.discovery = () => {};
  const response = await world.browser({ remaining: 1000 }).get("/sign-in");
  expect([response.status, world.reasons]).toEqual([504, ["provider_timeout"]]);
});
