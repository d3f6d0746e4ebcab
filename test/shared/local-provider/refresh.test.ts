import * as client from "openid-client";
import { expect, test } from "vitest";
import { passTime, RelyingParty } from "./relying-party.ts";

const REUSED = { error: "invalid_grant" };

test("a refresh gives new tokens of the same sign-in", async () => {
  const party = await RelyingParty.start();
  const first = await party.signIn("grace");
  const next = await party.refresh(first.refresh_token);
  expect(next.refresh_token).not.toBe(first.refresh_token);
  expect(next.access_token).not.toBe(first.access_token);
  const auth_time = first.claims()?.auth_time;
  expect(next.claims()).toMatchObject({ auth_time, acr: "mfa", sub: "grace" });
});

test("an access token expires after the lifetime of the option", async () => {
  const party = await RelyingParty.start({ accessTokenLifetime: 30 });
  const tokens = await party.signIn("ada");
  expect(tokens.expires_in).toBe(30);
  const readUser = () => client.fetchUserInfo(party.configuration, tokens.access_token, "ada");
  expect(await readUser()).toMatchObject({ sub: "ada", name: "Ada" });
  passTime(31);
  await expect(readUser()).rejects.toMatchObject({ status: 401 });
  expect((await party.refresh(tokens.refresh_token)).expires_in).toBe(30);
});

test("a refresh token that is used again ends all tokens of its sign-in", async () => {
  const party = await RelyingParty.start();
  const first = await party.signIn("ada");
  const second = await party.refresh(first.refresh_token);
  await expect(party.refresh(first.refresh_token)).rejects.toMatchObject(REUSED);
  await expect(party.refresh(second.refresh_token)).rejects.toMatchObject(REUSED);
});

test("a refresh token that is used twice in parallel ends all tokens of its sign-in", async () => {
  const party = await RelyingParty.start();
  const { refresh_token } = await party.signIn("ada");
  const results = await Promise.allSettled([party.refresh(refresh_token), party.refresh(refresh_token)]);
  const given = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(given.length).toBeLessThanOrEqual(1);
  for (const { refresh_token } of given)
    await expect(party.refresh(refresh_token)).rejects.toMatchObject(REUSED);
});

test("a reused refresh token of one sign-in leaves the tokens of the next sign-in valid", async () => {
  const party = await RelyingParty.start();
  const first = await party.signIn("ada");
  const second = await party.signIn("ada", { prompt: "login" });
  await party.refresh(first.refresh_token);
  await expect(party.refresh(first.refresh_token)).rejects.toMatchObject(REUSED);
  expect((await party.refresh(second.refresh_token)).claims()?.sub).toBe("ada");
});

test("a revoked refresh token is rejected", async () => {
  const party = await RelyingParty.start();
  const { refresh_token = "" } = await party.signIn("ada");
  await client.tokenRevocation(party.configuration, refresh_token);
  await expect(party.refresh(refresh_token)).rejects.toMatchObject(REUSED);
});

test("a person who was removed from the people can no longer refresh", async () => {
  const people = [{ id: "ada", name: "Ada" }];
  const party = await RelyingParty.start({ people });
  const { refresh_token } = await party.signIn("ada");
  people[0] = { id: "grace", name: "Grace" };
  await expect(party.refresh(refresh_token)).rejects.toMatchObject(REUSED);
});
