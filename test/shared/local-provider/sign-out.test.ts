import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LocalProviderOptions, ProviderClient } from "../../../shared/local-provider.ts";
import { ORIGIN, RelyingParty } from "./relying-party.ts";

const URI = `${ORIGIN}/sign-out/back-channel`;
const SECRET = "a client secret of the tests";
const APP: ProviderClient = {
  clientId: "app",
  clientSecret: SECRET,
  origins: [ORIGIN],
  backChannelLogoutUri: URI,
};

/** Starts a provider whose logout tokens are collected. */
async function startCollecting(app: Partial<ProviderClient> = {}) {
  const delivered: { uri: string; token: string }[] = [];
  const deliver: LocalProviderOptions["deliver"] = async (uri, body) => {
    delivered.push({ uri, token: new URLSearchParams(body).get("logout_token") ?? "" });
    return 200;
  };
  return { party: await RelyingParty.start({ clients: [{ ...APP, ...app }], deliver }), delivered };
}

function signOutUrl(party: RelyingParty, parameters: Record<string, string>): string {
  return client.buildEndSessionUrl(party.configuration, parameters).href;
}

async function verify(party: RelyingParty, token: string) {
  const keys = createRemoteJWKSet(new URL(`${party.provider.issuer}/jwks`));
  return jwtVerify(token, keys, { issuer: party.provider.issuer, audience: "app", typ: "logout+jwt" });
}

test("a sign-out with the ID token returns to the application without a question", async () => {
  const party = await RelyingParty.start();
  const { id_token = "" } = await party.signIn("ada");
  const post_logout_redirect_uri = `${ORIGIN}/signed-out`;
  const url = signOutUrl(party, { id_token_hint: id_token, post_logout_redirect_uri, state: "a state" });
  expect(await party.visitor.open(url)).toEqual({
    method: "GET",
    url: `${post_logout_redirect_uri}?state=a+state`,
  });
  await expect(party.visitor.open(await party.authorizationUrl())).rejects.toThrow(/asks who signs in/);
});

test("a sign-out without an ID token asks, and ends on a page of the provider", async () => {
  const party = await RelyingParty.start();
  await party.signIn("ada");
  const ended = party.visitor.open(`${party.provider.issuer}/session/end`);
  await expect(ended).rejects.toThrow(/You are signed out of the local provider/);
});

test("a sign-out ends the refresh tokens of every sign-in of that browser", async () => {
  const party = await RelyingParty.start();
  const first = await party.signIn("ada");
  const second = await party.signIn("ada", { prompt: "login" });
  const post_logout_redirect_uri = `${ORIGIN}/signed-out`;
  await party.visitor.open(
    signOutUrl(party, { id_token_hint: second.id_token ?? "", post_logout_redirect_uri }),
  );
  for (const { refresh_token } of [first, second])
    await expect(party.refresh(refresh_token)).rejects.toMatchObject({ error: "invalid_grant" });
});

describe("back-channel logout", () => {
  test("a sign-out sends each application a signed logout token with its sid", async () => {
    const { party, delivered } = await startCollecting();
    const tokens = await party.signIn("ada");
    const post_logout_redirect_uri = `${ORIGIN}/signed-out`;
    await party.visitor.open(
      signOutUrl(party, { id_token_hint: tokens.id_token ?? "", post_logout_redirect_uri }),
    );
    expect(delivered).toEqual([{ uri: URI, token: expect.any(String) }]);
    expect((await verify(party, delivered[0]?.token ?? "")).payload).toEqual({
      iss: party.provider.issuer,
      aud: "app",
      sub: "ada",
      sid: tokens.claims()?.sid,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    expect(tokens.claims()?.sid).toEqual(expect.any(String));
  });

  test("a client that needs no sid gets tokens with the subject alone", async () => {
    const { party, delivered } = await startCollecting({ backChannelLogoutSessionRequired: false });
    expect((await party.signIn("ada")).claims()).not.toHaveProperty("sid");
    await party.provider.signOutEverywhere("ada");
    const { payload } = await verify(party, delivered[0]?.token ?? "");
    expect(payload.sub).toBe("ada");
    expect(payload).not.toHaveProperty("sid");
  });

  test("signOutEverywhere ends the sessions of every browser of one person", async () => {
    const { party, delivered } = await startCollecting();
    const other = new RelyingParty(party.provider, party.configuration);
    const sids = [await party.signIn("ada"), await other.signIn("ada")].map((tokens) => tokens.claims()?.sid);
    const another = new RelyingParty(party.provider, party.configuration);
    const grace = await another.signIn("grace");
    await party.provider.signOutEverywhere("ada");
    const sent = await Promise.all(
      delivered.map(async ({ token }) => (await verify(party, token)).payload.sid),
    );
    expect(sent.sort()).toEqual(sids.sort());
    await expect(other.visitor.open(await party.authorizationUrl())).rejects.toThrow(/asks who signs in/);
    expect((await party.refresh(grace.refresh_token)).claims()?.sub).toBe("grace");
  });

  test("the first page of the provider signs a person out everywhere, and not for another site", async () => {
    const { party, delivered } = await startCollecting();
    await party.signIn("ada");
    const post = (origin: string) =>
      fetch(party.provider.issuer, {
        method: "POST",
        headers: { origin },
        body: new URLSearchParams({ signOut: "ada" }),
      });
    await post("https://other.example");
    expect(delivered).toEqual([]);
    expect(await (await post(party.provider.issuer)).text()).toContain(
      "Ada is signed out of the provider in every browser",
    );
    expect(delivered).toHaveLength(1);
  });

  test("without a function of its own, a logout token is sent to the application on this machine", async () => {
    const received: string[] = [];
    const application = createServer(async (request, response) => {
      received.push(`${request.method} ${request.url} ${(await text(request)).slice(0, 13)}`);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(application, "listening");
    onTestFinished(() => void application.close());
    const { port } = application.address() as { port: number };
    const backChannelLogoutUri = `http://127.0.0.1:${port}/sign-out/back-channel`;
    const party = await RelyingParty.start({ clients: [{ ...APP, backChannelLogoutUri }] });
    await party.signIn("ada");
    await party.provider.signOutEverywhere("ada");
    expect(received).toEqual(["POST /sign-out/back-channel logout_token="]);
  });

  test("a logout that an application does not accept is reported with a sentence", async () => {
    const problems: string[] = [];
    const onProblem = (sentence: string) => void problems.push(sentence);
    const party = await RelyingParty.start({ clients: [APP], deliver: async () => 404, onProblem });
    await party.signIn("ada");
    await party.provider.signOutEverywhere("ada");
    expect(problems).toEqual([expect.stringMatching(/did not reach http:\/\/localhost:3000\/.*404/)]);
  });

  test("an application on another machine is rejected, because the provider sends nothing there", async () => {
    const clients = [{ ...APP, backChannelLogoutUri: "https://app.example/sign-out/back-channel" }];
    await expect(RelyingParty.start({ clients })).rejects.toThrow("clients.backChannelLogoutUri: must be");
  });
});
