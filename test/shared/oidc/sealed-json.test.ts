import { expect, test } from "vitest";
import { SealedJson } from "../../../shared/oidc/sealed-json.ts";
import { KEY } from "./sign-in-world.ts";

const AGE = { now: 1000, maxAge: 60 };
const OTHER_KEY = "another secret key of at least 32 bytes, for tests";

test("a sealed value is opened with the same keys and purpose, and cannot be read before", async () => {
  const seal = new SealedJson<{ secret: string }>([KEY], "state");
  const sealed = await seal.seal({ secret: "verifier" }, 1000);
  expect(sealed).toMatch(/^~[\w-]+$/);
  expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("verifier");
  expect(await seal.unseal(sealed, AGE)).toEqual({ value: { secret: "verifier" } });
});

test.each<[string, SealedJson<string>, typeof AGE, string]>([
  ["of another purpose", new SealedJson([KEY], "response"), AGE, "bad_signature"],
  ["of another key", new SealedJson([OTHER_KEY], "state"), AGE, "bad_signature"],
  ["that is too old", new SealedJson([KEY], "state"), { now: 1061, maxAge: 60 }, "expired"],
  ["of the future", new SealedJson([KEY], "state"), { now: 939, maxAge: 60 }, "signed_in_future"],
])("a sealed value %s is refused", async (_name, seal, age, refusal) => {
  const sealed = await new SealedJson<string>([KEY], "state").seal("value", 1000);
  expect(await seal.unseal(sealed, age)).toEqual({ refusal });
});

test.each(["", "~", "x", "~AAAA", "~===", "é"])("the string %j is refused as malformed", async (text) => {
  expect(await new SealedJson([KEY], "state").unseal(text, AGE)).toEqual({ refusal: "malformed" });
});

test("a fallback key opens what the first key of another function has sealed", async () => {
  const sealed = await new SealedJson<string>([OTHER_KEY], "state").seal("value", 1000);
  expect(await new SealedJson([KEY, OTHER_KEY], "state").unseal(sealed, AGE)).toEqual({ value: "value" });
});
