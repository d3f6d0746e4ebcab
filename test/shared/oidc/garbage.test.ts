import fc from "fast-check";
import { expect, test } from "vitest";
import { sendJson } from "./hostile-provider.ts";
import { SignInWorld } from "./sign-in-world.ts";

const garbage = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("", "none", "javascript:alert(1)", "//evil.example", -1, 1e308, null, [], {}, "\ud800"),
);

const METADATA = [
  "issuer",
  "authorization_endpoint",
  "token_endpoint",
  "jwks_uri",
  "end_session_endpoint",
  "token_endpoint_auth_methods_supported",
  "id_token_signing_alg_values_supported",
  "authorization_response_iss_parameter_supported",
  "claims_supported",
  "prompt_values_supported",
];

const CLAIMS = [
  "iss",
  "sub",
  "aud",
  "azp",
  "nonce",
  "iat",
  "exp",
  "nbf",
  "auth_time",
  "acr",
  "amr",
  "sid",
  "name",
  "email",
  "groups",
];

const TOKENS = ["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token", "error"];

const KEY = ["kid", "kty", "alg", "use", "key_ops", "crv", "x", "y"];

/** Expects that a sign-in ends with an answer, and that a refusal has one record with a reason. */
async function expectAnswer(world: SignInWorld): Promise<void> {
  const browser = world.browser();
  const start = await browser.get("/sign-in");
  const location = start.headers.get("location") ?? "";
  const isAtProvider = location.startsWith(`${world.provider.issuer}/authorize`);
  const response = isAtProvider ? await world.callback(browser, world.provider.authorize(location)) : start;
  expect([303, 400, 401, 403, 413, 502, 503]).toContain(response.status);
  expect((await browser.post("/sign-out")).status).toBeLessThan(400);
  if (response.status === 303) return;
  const refusals = world.log.records.filter(({ event }) => event === "sign_in_refused");
  expect(refusals).toHaveLength(1);
  expect(response.body).toMatch(/<p>[A-Z][^<]+\.<\/p>/);
}

const members = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, garbage])), { requiredKeys: [] });

/** Records with few members come often, so that the others stay valid and later checks are reached. */
const few = (names: readonly string[]) =>
  fc.oneof(
    members(names),
    fc.constantFrom(...names).chain((name) => garbage.map((value) => ({ [name]: value }))),
  );

test.each<
  [
    string,
    fc.Arbitrary<Record<string, unknown>>,
    (world: SignInWorld, value: Record<string, unknown>) => void,
  ]
>([
  ["metadata", few(METADATA), (world, value) => Object.assign(world.provider, { metadata: value })],
  ["claims", few(CLAIMS), (world, value) => Object.assign(world.provider, { claims: value })],
  ["tokens", few(TOKENS), (world, value) => Object.assign(world.provider, { tokens: value })],
  [
    "keys",
    few(KEY),
    (world, value) => {
      world.provider.responders.keys = (response) =>
        sendJson(response, 200, { keys: [{ kid: "key-1", kty: "EC", ...value }] });
    },
  ],
])(
  "a provider whose %s are garbage gets an answer and one record with a reason",
  async (_name, arbitrary, apply) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        const world = await SignInWorld.start();
        apply(world, value);
        await expectAnswer(world);
        await world.provider.stop();
      }),
      { numRuns: 15 },
    );
  },
);
