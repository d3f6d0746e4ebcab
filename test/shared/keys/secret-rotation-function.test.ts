import type { SecretsManagerRotationEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSecret } from "../../support/fake-secret.ts";
import { FakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { keysIn } from "./key-witness.ts";

const fake = new FakeSecretsManager();
beforeAll(() => fake.start());
afterAll(() => fake.stop());

const TIMES = { SESSION_KEY_PERIOD: "2592000", SESSION_LONGEST_LIFE: "2678400" };

/** The function, loaded anew with these variables. */
async function load(variables: Readonly<Record<string, string>> = TIMES) {
  vi.resetModules();
  for (const [name, value] of Object.entries({ ...fake.environment, ...variables }))
    vi.stubEnv(name, value ?? "");
  return (await import("../../../functions/schedule/rotate-keys.ts")).handler;
}

describe("the rotation function", () => {
  const secret = new FakeSecret(JSON.stringify({ SECRET_KEY: "k".repeat(64) }));
  beforeEach(() => fake.script(secret.answer));

  test("rotates the secret that Secrets Manager names, and logs JSON where Lambda does", async () => {
    const info = vi.spyOn(console, "info").mockReturnValue();
    vi.stubEnv("AWS_LAMBDA_LOG_FORMAT", "JSON");
    const handler = await load();
    const event = { SecretId: "arn:keys", ClientRequestToken: secret.beginRotation() };
    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const)
      await handler({ ...event, Step } satisfies SecretsManagerRotationEvent);
    expect(keysIn(secret.text)).toHaveLength(2);
    expect(info.mock.calls).toEqual([[expect.objectContaining({ event: "keys_rotated" })]]);
    expect(fake.requests.every(({ body }) => JSON.parse(body).SecretId === "arn:keys")).toBe(true);
  });

  test("fails towards Secrets Manager, which then tries again", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const handler = await load();
    const event = { SecretId: "arn:keys", ClientRequestToken: "unknown", Step: "createSecret" } as const;
    await expect(handler(event)).rejects.toThrow("the version unknown is not pending");
    expect(error.mock.calls[0]?.[0]).toContain('"event":"rotation_failed"');
  });

  test.each(["", "0", "-1", "1.5", "soon"])("does not start with times that are none: %j", async (value) => {
    for (const name of Object.keys(TIMES))
      await expect(load({ ...TIMES, [name]: value })).rejects.toThrow(
        `${name}: must be an integer number of seconds, 1 or more`,
      );
  });
});
