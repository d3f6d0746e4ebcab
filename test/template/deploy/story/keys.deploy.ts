import { randomUUID } from "node:crypto";
import { Lambda } from "@aws-sdk/client-lambda";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { describe, expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment, type StackKind } from "../deployment.ts";
import { StackResources } from "../stack-resources.ts";

const { stacks, emulator } = deployment();
const KINDS = Object.keys(stacks) as StackKind[];

// No expectation compares the keys themselves, because a failed one prints its values.
test("every stack has its own generated key", async () => {
  const secrets = await Promise.all(
    KINDS.map(async (kind) => (await StackResources.of(stacks[kind])).secret()),
  );
  const keys = secrets.map(({ SECRET_KEY }) => `${SECRET_KEY}`);
  expect(keys.map(({ length }) => length)).toEqual([64, 64, 64]);
  expect(new Set(keys).size).toBe(3);
});

test("a session of one stack is empty in another stack of this application", async () => {
  const browser = new DeployedBrowser(stacks.cookie.url);
  await browser.visit();
  const cookie = `__Host-session=${(await browser.cookie())?.value}`;
  const response = await new DeployedBrowser(stacks["revocable-cookie"].url).get("/session", {
    headers: { cookie },
  });
  expect(await response.json()).toMatchObject({ data: {} });
});

describe("a rotation of the keys", () => {
  test("a rotation publishes the next key, and sessions stay valid", async () => {
    const browser = new DeployedBrowser(stacks.cookie.url);
    expect(await browser.visit()).toBe(1);
    const resources = await StackResources.of(stacks.cookie);
    const before = await resources.secret();
    await rotate(resources);
    await expect
      .poll(async () => Object.keys(await resources.secret()), { timeout: 180_000, interval: 1_000 })
      .toContain("SECRET_KEY_FALLBACKS");
    const after = await resources.secret();
    expect([`${after.SECRET_KEY}`.length, after.SECRET_KEY === before.SECRET_KEY]).toEqual([64, true]);
    expect(await browser.visit()).toBe(2);
  });
});

/**
 * Rotates the keys. Secrets Manager does it on AWS; MiniStack cannot, so this test performs the steps there.
 */
async function rotate(resources: StackResources): Promise<void> {
  const SecretId = await resources.secretArn();
  const secrets = new SecretsManager();
  if (emulator === undefined) return void (await secrets.rotateSecret({ SecretId }));
  const ClientRequestToken = randomUUID();
  await secrets.putSecretValue({ SecretId, ClientRequestToken, VersionStages: ["AWSPENDING"] });
  for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
    const { FunctionError, Payload = new Uint8Array() } = await new Lambda().invoke({
      FunctionName: resources.functionName("ScheduleRotateKeys"),
      Payload: JSON.stringify({ Step, SecretId, ClientRequestToken }),
    });
    expect([Step, FunctionError, Buffer.from(Payload).toString()]).toEqual([Step, undefined, "null"]);
  }
}
