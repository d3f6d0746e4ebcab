import { gzipSync } from "node:zlib";
import { beforeEach, expect, test, vi } from "vitest";
import { OidcClient } from "../../../shared/oidc/provider/oidc-client.ts";
import { type Endpoint, type Responder, sendJson } from "./hostile-provider.ts";
import { SignInWorld } from "./sign-in-world.ts";

/** Ends the time limits of all requests that are under way. */
let endTime = () => {};

beforeEach(() => {
  const controller = new AbortController();
  endTime = () => controller.abort(new DOMException("The operation timed out", "TimeoutError"));
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => controller.signal);
});

/** Lets the time of requests pass, and later ones have their time. */
function letTimePass(): void {
  endTime();
  vi.mocked(AbortSignal.timeout).mockImplementation(() => new AbortController().signal);
}

const HUGE = "x".repeat(600 * 1024);

type Failure = readonly [name: string, responder: Responder, reason: string, status: number];

const FAILURES: Failure[] = [
  ["never responds", () => letTimePass(), "provider_timeout", 504],
  [
    "sends headers and never a body",
    (response) => response.writeHead(200, { "content-type": "application/json" }).write("{", letTimePass),
    "provider_timeout",
    504,
  ],
  ["closes the connection", (response) => response.destroy(), "provider_unreachable", 503],
  ["responds with 503", (response) => response.writeHead(503).end(), "provider_unavailable", 503],
  ["responds with 429", (response) => response.writeHead(429).end(), "provider_unavailable", 503],
  [
    "responds with a page",
    (response) => response.end("<html>moved</html>"),
    "provider_invalid_response",
    502,
  ],
  ["responds with null", (response) => sendJson(response, 200, null), "provider_invalid_response", 502],
  ["responds with an array", (response) => sendJson(response, 200, []), "provider_invalid_response", 502],
  [
    "responds with an empty object",
    (response) => sendJson(response, 200, {}),
    "provider_invalid_response",
    502,
  ],
  ["responds with 204", (response) => response.writeHead(204).end(), "provider_invalid_response", 502],
  [
    "redirects to another host",
    (response) => response.writeHead(302, { location: "https://evil.example/" }).end(),
    "provider_invalid_response",
    502,
  ],
  ["sends a huge response", (response) => response.end(HUGE), "provider_response_too_large", 502],
  [
    "sends a small response that becomes huge when it is decompressed",
    (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(HUGE)),
    "provider_response_too_large",
    502,
  ],
];

const CASES = (["discovery", "keys", "token"] as Endpoint[]).flatMap((endpoint) =>
  FAILURES.map(([name, ...rest]) => [endpoint, name, ...rest] as const),
);

test.each(CASES)(
  "a provider whose endpoint %s %s is answered with a reason, and later the sign-in works",
  async (endpoint, _name, responder, reason, status) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const parameters =
      endpoint === "discovery" ? undefined : world.provider.authorize(await world.begin(browser));
    world.provider.responders[endpoint] = responder;
    const response = await (parameters ? world.callback(browser, parameters) : browser.get("/sign-in"));
    expect([response.status, world.reasons]).toEqual([status, [reason]]);
    expect(response.body).toMatch(/<p>[A-Z][^<]+\.<\/p>\n<p><a href="\/sign-in">Try again<\/a>/);
    expect(response.headers.get("retry-after")).toBe(status === 503 ? "5" : null);
    expect(world.log.records[0]).toMatchObject({ level: "ERROR", event: "sign_in_refused" });
    expect(world.log.text).not.toContain(parameters?.code ?? "evil.example");
    expect((await browser.get("/me")).json()).toEqual({ user: null, data: {} });

    delete world.provider.responders[endpoint];
    world.clock.advance(2);
    await world.signIn(browser);
    expect(await world.userOf(browser)).toBe("u-1");
  },
);

test("a callback that failed because the keys did not arrive can be reloaded, because its code is not used up", async () => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  const parameters = world.provider.authorize(await world.begin(browser));
  world.provider.responders.keys = (response) => response.writeHead(500).end();
  expect((await world.callback(browser, parameters)).status).toBe(503);
  expect(world.provider.requests.token).toBe(0);
  delete world.provider.responders.keys;
  world.clock.advance(2);
  expect((await world.callback(browser, parameters)).status).toBe(303);
  expect(world.reasons).toEqual(["provider_unavailable"]);
});

test.each<[string, Record<string, unknown>, string]>([
  ["of another issuer", { issuer: "https://evil.example" }, "provider_wrong_issuer"],
  ["of several issuers", { issuer: "http://127.0.0.1/{tenantid}/v2.0" }, "provider_wrong_issuer"],
  ["without a token endpoint", { token_endpoint: undefined }, "provider_invalid_response"],
  ["whose keys are at a file", { jwks_uri: "file:///etc/passwd" }, "provider_invalid_response"],
  [
    "whose endpoint is a script",
    { authorization_endpoint: "javascript:alert(1)" },
    "provider_invalid_response",
  ],
  ["whose endpoint is a number", { authorization_endpoint: 5 }, "provider_invalid_response"],
])("metadata %s is refused", async (_name, metadata, reason) => {
  const world = await SignInWorld.start();
  world.provider.metadata = metadata;
  const response = await world.browser().get("/sign-in");
  expect([world.reasons, response.status]).toEqual([
    [reason],
    reason === "provider_wrong_issuer" ? 503 : 502,
  ]);
});

test("metadata whose lists are no lists gives the defaults", async () => {
  const world = await SignInWorld.start();
  world.provider.metadata = { claims_supported: 5, token_endpoint_auth_methods_supported: "x" };
  const browser = world.browser();
  await world.signIn(browser);
  expect(await world.userOf(browser)).toBe("u-1");
  expect(world.provider.received[0]?.authorization).toMatch(/^Basic /);
});

test.each<[string, Record<string, unknown>]>([
  ["no access token", { access_token: undefined }],
  ["an access token that is a number", { access_token: 5 }],
  ["a type of token that is unknown", { token_type: "mac" }],
  ["no ID token", { id_token: undefined }],
])("a response of the token endpoint with %s is refused", async (_name, tokens) => {
  const world = await SignInWorld.start();
  world.provider.tokens = tokens;
  const browser = world.browser();
  const response = await world.signIn(browser);
  expect([response.status, world.reasons]).toEqual([502, ["provider_invalid_response"]]);
  expect(await world.userOf(browser)).toBeUndefined();
});

test("an ID token whose parts are no JSON is an invalid response", async () => {
  const world = await SignInWorld.start();
  world.provider.sign = () => "a.b.c";
  expect((await world.signIn(world.browser())).status).toBe(502);
  expect(world.log.records).toEqual([
    {
      level: "ERROR",
      event: "sign_in_refused",
      reason: "provider_invalid_response",
      message: "the provider's response is invalid (OAUTH_PARSE_ERROR)",
    },
  ]);
});

test.each([
  ["invalid_request", "the token endpoint responded with invalid_request"],
  ["unauthorized_client", "the token endpoint responded with unauthorized_client"],
  ["<script>ada@example.com", "the token endpoint responded with an unknown error"],
])("the error %s of the token endpoint is a failure, which the log names", async (error, message) => {
  const world = await SignInWorld.start();
  world.provider.responders.token = (response) =>
    sendJson(response, 400, { error, error_description: "secret text of the provider" });
  const response = await world.signIn(world.browser());
  expect(response.status).toBe(502);
  expect(world.log.records).toEqual([
    { level: "ERROR", event: "sign_in_refused", reason: "token_endpoint_error", message },
  ]);
  expect(world.log.text + response.body).not.toMatch(/secret text|<script>|ada@/);
});

test("every request to the provider has a time limit, five seconds unless the client says otherwise", async () => {
  const world = await SignInWorld.start({ client: { timeout: 800 } });
  await world.signIn(world.browser());
  await new OidcClient({ issuer: world.provider.issuer, clientId: "client-1" }).metadata();
  const limits = vi.mocked(AbortSignal.timeout).mock.calls.map(([limit]) => limit);
  // The limits of 30 seconds are openid-client's own, which our requests do not use.
  expect(limits.filter((limit) => limit !== 30_000)).toEqual([800, 800, 800, 5000]);
});
