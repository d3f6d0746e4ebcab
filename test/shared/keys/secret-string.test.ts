import { afterAll, beforeAll, expect, test } from "vitest";
import { readSecretString } from "../../../shared/keys/secret-string.ts";
import { FakeSecretsManager, failure, secretAnswer } from "../../support/fake-secrets-manager.ts";

const fake = new FakeSecretsManager();
beforeAll(() => fake.start());
afterAll(() => fake.stop());

const pauses: number[] = [];

function read(): Promise<string> {
  pauses.length = 0;
  const wait = async (milliseconds: number) => pauses.push(milliseconds);
  return readSecretString({ secretId: "client-secret", environment: fake.environment, wait });
}

test("the string of a secret is read with one request", async () => {
  fake.script(secretAnswer("a client secret"));
  expect(await read()).toBe("a client secret");
  expect(fake.requests.map(({ body }) => body)).toEqual(['{"SecretId":"client-secret"}']);
});

test("a secret that has no value yet reads as an empty string", async () => {
  fake.script(failure(400, "ResourceNotFoundException"));
  expect(await read()).toBe("");
  fake.script({ status: 200, body: '{"SecretBinary":"AA=="}' });
  expect(await read()).toBe("");
});

test("a failure that may be temporary is tried again twice", async () => {
  fake.script("hang up", failure(500, "InternalServiceError"), secretAnswer("a client secret"));
  expect(await read()).toBe("a client secret");
  expect(pauses).toEqual([100, 300]);
  fake.script(failure(400, "ThrottlingException"));
  await expect(read()).rejects.toThrow("Secrets Manager responded with 400 ThrottlingException");
  expect(fake.requests).toHaveLength(3);
});

test("a refusal is not tried again", async () => {
  fake.script(failure(400, "AccessDeniedException"));
  await expect(read()).rejects.toThrow("Secrets Manager responded with 400 AccessDeniedException");
  expect(pauses).toEqual([]);
});
