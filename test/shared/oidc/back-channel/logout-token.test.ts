import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { HostileProvider } from "../hostile-provider.ts";
import { BackChannelFixture, LOGOUT_EVENT, logoutClaims } from "./back-channel-fixture.ts";

/** Makes a token that must be refused. */
type MakeToken = (fixture: BackChannelFixture) => Promise<string> | string;

const DAY = 24 * 60 * 60;

function withClaims(claims: Record<string, unknown>): MakeToken {
  return (fixture) => fixture.token(claims);
}

function at(name: "iat" | "exp" | "nbf", seconds: number): MakeToken {
  return (fixture) => fixture.token({ [name]: fixture.provider.nowSeconds + seconds });
}

const REFUSED: readonly [what: string, reason: string, token: MakeToken][] = [
  ["that is no JSON Web Token", "token_malformed", () => "no token"],
  ["that is encrypted", "token_malformed", () => "a.b.c.d.e"],
  ["of more than 16 KiB", "token_too_large", withClaims({ padding: "a".repeat(16 * 1024) })],
  [
    "without a signature (alg none)",
    "token_wrong_algorithm",
    ({ provider }) => HostileProvider.unsigned(logoutClaims(provider)),
  ],
  [
    "that is signed with the client's secret (HS256)",
    "token_wrong_algorithm",
    ({ provider }) => {
      const secret = new TextEncoder().encode(`${provider.clientSecret}`);
      return provider.signWith(logoutClaims(provider), { alg: "HS256" }, secret);
    },
  ],
  [
    "with an asymmetric algorithm that the metadata does not have",
    "token_wrong_algorithm",
    async (fixture) => {
      fixture.provider.metadata.id_token_signing_alg_values_supported = ["RS256"];
      return fixture.token();
    },
  ],
  [
    "that another key signed under the id of the provider's key",
    "token_bad_signature",
    async ({ provider }) => {
      const { privateKey } = await generateKeyPair("ES256");
      return provider.signWith(logoutClaims(provider), {}, privateKey);
    },
  ],
  [
    "whose claims were changed",
    "token_bad_signature",
    async (fixture) => {
      const [header, , signature] = (await fixture.token()).split(".");
      const claims = Buffer.from(JSON.stringify(logoutClaims(fixture.provider, { sub: "u-2" })));
      return [header, claims.toString("base64url"), signature].join(".");
    },
  ],
  [
    "with a critical header that is unknown",
    "token_malformed",
    async ({ provider }) => {
      const { privateKey } = await generateKeyPair("ES256");
      const header = { alg: "ES256", kid: "key-1", crit: ["other"], other: true };
      return new SignJWT(logoutClaims(provider))
        .setProtectedHeader(header)
        .sign(privateKey, { crit: { other: true } });
    },
  ],
  ["of the type of access tokens", "token_wrong_type", (fixture) => fixture.token({}, { typ: "at+jwt" })],
  ["whose type is no string", "token_wrong_type", (fixture) => fixture.token({}, { typ: 1 })],
  ["of another issuer", "token_wrong_issuer", withClaims({ iss: "https://other.example" })],
  ["without iss", "token_wrong_issuer", withClaims({ iss: undefined })],
  ["whose issuer has another slash", "token_wrong_issuer", (f) => f.token({ iss: `${f.provider.issuer}/` })],
  ["for another client", "token_wrong_audience", withClaims({ aud: "client-2" })],
  ["for several other clients", "token_wrong_audience", withClaims({ aud: ["client-2", "client-3"] })],
  ["without aud", "token_wrong_audience", withClaims({ aud: undefined })],
  ["without iat", "token_missing_claim", withClaims({ iat: undefined })],
  ["whose iat is a string", "token_missing_claim", withClaims({ iat: "1" })],
  ["of two minutes from now", "token_not_yet_valid", at("iat", 120)],
  ["that is valid in two minutes", "token_not_yet_valid", at("nbf", 120)],
  [
    "of more than a day ago",
    "token_expired",
    (fixture) => fixture.token({ iat: fixture.provider.nowSeconds - DAY - 120 }),
  ],
  ["without exp", "token_missing_claim", withClaims({ exp: undefined })],
  ["whose exp is a string", "token_missing_claim", withClaims({ exp: "4000000000" })],
  ["that expired two minutes ago", "token_expired", at("exp", -120)],
  ["that expires more than a day from now", "token_lives_too_long", at("exp", DAY + 1)],
  ["that expires in another age", "token_lives_too_long", withClaims({ exp: 1e300 })],
  ["without jti", "token_missing_claim", withClaims({ jti: undefined })],
  ["with an empty jti", "token_missing_claim", withClaims({ jti: "" })],
  ["whose jti is a number", "token_missing_claim", withClaims({ jti: 1 })],
  ["without events", "token_wrong_events", withClaims({ events: undefined })],
  ["whose events are an array", "token_wrong_events", withClaims({ events: [LOGOUT_EVENT] })],
  ["whose events are null", "token_wrong_events", withClaims({ events: null })],
  ["of another event", "token_wrong_events", withClaims({ events: { "https://other.example": {} } })],
  ["whose event is a string", "token_wrong_events", withClaims({ events: { [LOGOUT_EVENT]: "yes" } })],
  ["whose event is an array", "token_wrong_events", withClaims({ events: { [LOGOUT_EVENT]: [] } })],
  ["with a nonce", "token_has_nonce", withClaims({ nonce: "n" })],
  ["with a nonce of null", "token_has_nonce", withClaims({ nonce: null })],
  ["without sub and sid", "token_names_nobody", withClaims({ sub: undefined, sid: undefined })],
  ["with an empty sub", "token_names_nobody", withClaims({ sub: "" })],
  ["whose sid is a number", "token_names_nobody", withClaims({ sid: 7 })],
  ["whose sub is null", "token_names_nobody", withClaims({ sub: null })],
  ["with half a character as sid", "token_names_nobody", withClaims({ sid: "\ud83e" })],
  [
    "that is an ID token",
    "token_wrong_events",
    withClaims({ events: undefined, nonce: "n", auth_time: 1, name: "Ada" }),
  ],
];

describe("a logout token that is refused", () => {
  test.each(REFUSED)(
    "a logout token %s is answered with 400, and nothing ends",
    async (_what, reason, make) => {
      const fixture = await BackChannelFixture.start();
      const token = await make(fixture);
      const { statusCode, headers, body } = await fixture.send(token);
      expect(statusCode).toBe(400);
      expect(headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
      expect(JSON.parse(`${body}`)).toEqual({
        error: "invalid_request",
        error_description: expect.any(String),
      });
      expect(fixture.log.records).toEqual([{ level: "WARN", event: "provider_sign_out_refused", reason }]);
      expect(fixture.ended).toEqual([]);
      expect(`${body}${fixture.log.text}`).not.toMatch(/u-1|u-2|provider-session-1|eyJ/);
    },
  );

  test("a refused logout token does not use up the id of a valid one", async () => {
    const fixture = await BackChannelFixture.start();
    const { privateKey } = await generateKeyPair("ES256");
    const claims = logoutClaims(fixture.provider, { jti: "one" });
    await fixture.send(await fixture.provider.signWith(claims, {}, privateKey));
    await fixture.send(await fixture.token({ jti: "one", aud: "client-2" }));
    expect((await fixture.send(await fixture.provider.signWith(claims))).statusCode).toBe(200);
  });
});

const ACCEPTED: readonly [what: string, token: (fixture: BackChannelFixture) => Promise<string>][] = [
  ["of the type logout+jwt", (fixture) => fixture.token({}, { typ: "logout+jwt" })],
  ["of the type application/logout+jwt", (fixture) => fixture.token({}, { typ: "application/logout+JWT" })],
  ["of the type JWT", (fixture) => fixture.token({}, { typ: "JWT" })],
  ["without a type", (fixture) => fixture.token()],
  ["for several clients, of which we are one", (fixture) => fixture.token({ aud: ["client-2", "client-1"] })],
  [
    "that expired half a minute ago, because clocks differ",
    (f) => f.token({ exp: f.provider.nowSeconds - 30 }),
  ],
  ["of half a minute from now", (fixture) => fixture.token({ iat: fixture.provider.nowSeconds + 30 })],
  ["with claims that nobody knows", (fixture) => fixture.token({ trace_id: "t", events: MORE_EVENTS })],
];

const MORE_EVENTS = { [LOGOUT_EVENT]: { reason: "idle" }, "https://other.example": {} };

test.each([null, 5, "ES256", {}, [5]])(
  "metadata whose algorithms are %j refuse a token of another algorithm than RS256",
  async (algorithms) => {
    const fixture = await BackChannelFixture.start();
    fixture.provider.metadata = { id_token_signing_alg_values_supported: algorithms };
    const { statusCode } = await fixture.send(await fixture.token());
    expect([statusCode, fixture.reasons]).toEqual([400, ["token_wrong_algorithm"]]);
  },
);

describe("a logout token that is accepted", () => {
  test.each(ACCEPTED)("a logout token %s is answered with 200 that is not cached", async (_what, make) => {
    const fixture = await BackChannelFixture.start();
    const response = await fixture.send(await make(fixture));
    expect(response).toEqual({ statusCode: 200, headers: { "cache-control": "no-store" }, body: "" });
    expect(fixture.ended).toHaveLength(1);
    expect(fixture.log.records).toEqual([{ level: "INFO", event: "provider_signed_out", ended: 1 }]);
  });

  test("a logout token of a key that the provider has created since is accepted", async () => {
    const fixture = await BackChannelFixture.start();
    await fixture.send(await fixture.token());
    await fixture.provider.rotateKeys();
    expect((await fixture.send(await fixture.token())).statusCode).toBe(200);
  });
});
