import type { SecretsManagerRotationEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSecret } from "../../support/fake-secret.ts";
import { FakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { keysIn } from "./key-witness.ts";

const fake = new FakeSecretsManager();
beforeAll(() => fake.start());
afterAll(() => fake.stop());

const TIMES = { SESSION_KEY_PERIOD: "2592000", SESSION_LONGEST_LIFE: "2678400" };

/** Loads the function again with these environment variables. */
async function load(variables: Readonly<Record<string, string>> = TIMES) {
  vi.resetModules();
  for (const [name, value] of Object.entries({ ...fake.environment, ...variables }))
    vi.stubEnv(name, value ?? "");
  return (await import("../../../functions/schedule/rotate-keys.ts")).handler;
}

describe("the rotation function", () => {
  const secret = new FakeSecret(JSON.stringify({ SECRET_KEY: "k".repeat(64) }));
  beforeEach(() => fake.script(secret.answer));

  test("the rotation function rotates the secret of the event and logs JSON objects if Lambda formats JSON", async () => {
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

  test("the rotation function rejects if a step fails, so Secrets Manager tries again", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const handler = await load();
    const event = { SecretId: "arn:keys", ClientRequestToken: "unknown", Step: "createSecret" } as const;
    await expect(handler(event)).rejects.toThrow("the version unknown is not AWSPENDING");
    expect(error.mock.calls[0]?.[0]).toContain('"event":"rotation_failed"');
  });

  test.each(["", "0", "-1", "1.5", "soon"])(
    "the rotation function does not start if a time is %j",
    async (value) => {
      for (const name of Object.keys(TIMES))
        await expect(load({ ...TIMES, [name]: value })).rejects.toThrow(
          `${name}: must be an integer number of seconds, 1 or more`,
        );
    },
  );
});
