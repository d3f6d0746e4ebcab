import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { RelyingParty } from "./relying-party.ts";

async function makeFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "provider-keys-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "keys.json");
}

function keyOf(token: string | undefined): string | undefined {
  return decodeProtectedHeader(token ?? "").kid;
}

test("after a rotation another key signs, and tokens of the previous one are still verified", async () => {
  const party = await RelyingParty.start();
  const before = await party.signIn("ada");
  await party.provider.rotateKeys();
  const after = await party.signIn("ada", { prompt: "login" });
  expect(keyOf(after.id_token)).not.toBe(keyOf(before.id_token));
  const keys = createRemoteJWKSet(new URL(`${party.provider.issuer}/jwks`));
  for (const { id_token = "" } of [before, after])
    expect((await jwtVerify(id_token, keys)).payload.sub).toBe("ada");
});

test("a rotation ends neither the sign-in at the provider nor refresh tokens", async () => {
  const party = await RelyingParty.start();
  const { refresh_token } = await party.signIn("ada");
  await party.provider.rotateKeys();
  expect((await party.refresh(refresh_token)).claims()?.sub).toBe("ada");
  const request = await party.visitor.open(await party.authorizationUrl({ prompt: "none" }));
  expect((await party.exchange(request)).claims()?.sub).toBe("ada");
});

test("RS256 signs unless another algorithm is chosen, and publishes no private part", async () => {
  const party = await RelyingParty.start({ algorithm: "RS256" });
  const { id_token = "" } = await party.signIn("ada");
  expect(decodeProtectedHeader(id_token).alg).toBe("RS256");
  const response = await fetch(`${party.provider.issuer}/jwks`);
  const { keys } = (await response.json()) as { keys: [object] };
  expect(Object.keys(keys[0]).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});

test("a file keeps the keys from one start to the next, for its owner alone", async () => {
  const keysFile = await makeFile();
  const [first, second] = [await RelyingParty.start({ keysFile }), await RelyingParty.start({ keysFile })];
  const tokens = await Promise.all([first.signIn("ada"), second.signIn("ada")]);
  expect(keyOf(tokens[0].id_token)).toBe(keyOf(tokens[1].id_token));
  expect((await stat(keysFile)).mode & 0o777).toBe(0o600);
  await first.provider.rotateKeys();
  expect(JSON.parse(await readFile(keysFile, "utf8")).keys).toHaveLength(2);
});

test("a file that contains something else stops the start with a sentence", async () => {
  const keysFile = await makeFile();
  await writeFile(keysFile, "{}");
  await expect(RelyingParty.start({ keysFile })).rejects.toThrow(
    /contains no keys of the provider; delete it/,
  );
});
