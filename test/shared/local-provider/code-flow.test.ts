import { expect, test } from "vitest";
import { CALLBACK, ORIGIN, passTime, RelyingParty } from "./relying-party.ts";

test("the provider describes itself, and its issuer is on this machine", async () => {
  const { provider } = await RelyingParty.start();
  const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
  expect(provider.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await response.json()).toMatchObject({
    issuer: provider.issuer,
    acr_values_supported: ["pwd", "mfa"],
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    code_challenge_methods_supported: ["S256"],
    end_session_endpoint: expect.stringContaining(provider.issuer),
    response_modes_supported: expect.arrayContaining(["query", "form_post"]),
    response_types_supported: ["code"],
    revocation_endpoint: expect.stringContaining(provider.issuer),
  });
});

test("a person signs in, and the ID token says who, when and how", async () => {
  const party = await RelyingParty.start();
  const tokens = await party.signIn("ada");
  expect(tokens.claims()).toMatchObject({
    iss: party.provider.issuer,
    aud: "app",
    sub: "ada",
    name: "Ada",
    email: "ada@people.example",
    email_verified: true,
    acr: "pwd",
    amr: ["pwd"],
    auth_time: expect.any(Number),
    nonce: "a nonce",
  });
});

test("further claims of a person are in the ID token", async () => {
  const people = [{ id: "ada", name: "Ada", claims: { roles: ["editor"] } }];
  const party = await RelyingParty.start({ people });
  expect((await party.signIn("ada")).claims()).toMatchObject({ roles: ["editor"] });
});

test("the response says which provider it comes from, against a mix-up of providers", async () => {
  const party = await RelyingParty.start();
  const { url } = await party.visitor.signInAs("ada", await party.authorizationUrl());
  const { origin, pathname, searchParams } = new URL(url);
  expect(origin + pathname).toBe(CALLBACK);
  expect(Object.fromEntries(searchParams)).toEqual({
    code: expect.any(String),
    iss: party.provider.issuer,
    state: "a state",
  });
});

test("with form_post the browser sends the response in a form", async () => {
  const party = await RelyingParty.start();
  const url = await party.authorizationUrl({ response_mode: "form_post" });
  const request = await party.visitor.signInAs("ada", url);
  const form = { code: expect.any(String), iss: party.provider.issuer, state: "a state" };
  expect(request).toEqual({ method: "POST", url: CALLBACK, form });
  expect((await party.exchange(request)).claims()?.sub).toBe("ada");
});

test("a person with a second factor enters the code, which gives the acr mfa", async () => {
  const party = await RelyingParty.start();
  expect((await party.signIn("grace")).claims()).toMatchObject({ acr: "mfa", amr: ["pwd", "otp"] });
});

test("an application that asks for a second factor is sent to the page again by a person without one", async () => {
  const party = await RelyingParty.start();
  await party.signIn("ada");
  const url = await party.authorizationUrl({ acr_values: "mfa" });
  await expect(party.visitor.open(url)).rejects.toThrow(/asks for a person with a second factor/);
  expect((await party.exchange(await party.visitor.signInAs("grace", url))).claims()).toMatchObject({
    sub: "grace",
    acr: "mfa",
  });
});

test("a person who is signed in is not asked again until max_age has passed", async () => {
  const party = await RelyingParty.start();
  const first = (await party.signIn("ada")).claims();
  passTime(60);
  const url = await party.authorizationUrl({ max_age: "60" });
  const again = (await party.exchange(await party.visitor.open(url))).claims();
  expect(again?.auth_time).toBe(first?.auth_time);
  passTime(1);
  await expect(party.visitor.open(url)).rejects.toThrow(/You are signed in as Ada/);
  const fresh = (await party.exchange(await party.visitor.signInAs("ada", url))).claims();
  expect(fresh?.auth_time).toBe(Number(first?.auth_time) + 61);
});

test.each(["login", "select_account"])("prompt=%s asks a person who is signed in", async (prompt) => {
  const party = await RelyingParty.start();
  await party.signIn("ada");
  const url = await party.authorizationUrl({ prompt });
  await expect(party.visitor.open(url)).rejects.toThrow(/asks who signs in/);
  expect((await party.exchange(await party.visitor.signInAs("ada", url))).claims()?.sub).toBe("ada");
});

test("prompt=none signs in a person who is signed in and asks nobody else", async () => {
  const party = await RelyingParty.start();
  const url = await party.authorizationUrl({ prompt: "none" });
  expect((await party.visitor.open(url)).url).toContain("error=login_required");
  await party.signIn("ada");
  expect((await party.exchange(await party.visitor.open(url))).claims()?.sub).toBe("ada");
});

test("prompt=consent is granted without a page", async () => {
  const party = await RelyingParty.start();
  expect((await party.signIn("ada", { prompt: "consent" })).claims()?.sub).toBe("ada");
});

test("a person who cancels is sent back with access_denied", async () => {
  const party = await RelyingParty.start();
  const { url } = await party.visitor.cancel(await party.authorizationUrl());
  expect(url).toContain(`${CALLBACK}?error=access_denied&`);
});

test("a request without PKCE is sent back with an error", async () => {
  const party = await RelyingParty.start();
  const url = new URL(await party.authorizationUrl());
  url.searchParams.delete("code_challenge");
  url.searchParams.delete("code_challenge_method");
  expect((await party.visitor.open(url.href)).url).toContain("error=invalid_request");
});

test("an unknown redirect URI is answered with a page that names the known ones", async () => {
  const party = await RelyingParty.start();
  const url = await party.authorizationUrl({ redirect_uri: "http://localhost:4000/sign-in/callback" });
  await expect(party.visitor.open(url)).rejects.toThrow(`registered: ${ORIGIN}/sign-in/callback`);
});

test("a code is accepted once", async () => {
  const party = await RelyingParty.start();
  const request = await party.visitor.signInAs("ada", await party.authorizationUrl());
  await party.exchange(request);
  await expect(party.exchange(request)).rejects.toMatchObject({ error: "invalid_grant" });
});

test("of two parallel exchanges of one code at most one succeeds", async () => {
  const party = await RelyingParty.start();
  const request = await party.visitor.signInAs("ada", await party.authorizationUrl());
  const results = await Promise.allSettled([party.exchange(request), party.exchange(request)]);
  expect(results.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
});
