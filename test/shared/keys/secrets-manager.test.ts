import type { RequestOptions } from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { getSecretString, RetryableError } from "../../../shared/keys/secrets-manager.ts";
import { FakeSecretsManager, failure, secretAnswer } from "../../support/fake-secrets-manager.ts";

const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");
const SECRET = "the text of the secret";
const fake = new FakeSecretsManager();

beforeAll(() => fake.start());
afterAll(() => fake.stop());

function ask(environment = fake.environment): Promise<string> {
  return getSecretString("session-keys", environment);
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable("there was no error"),
    (error) => error,
  );
}

describe("the request for a secret", () => {
  test("is answered with its text", async () => {
    fake.script(secretAnswer(SECRET));
    expect(await ask()).toBe(SECRET);
  });

  test("asks for the secret by its name, in the form of AWS JSON 1.1", async () => {
    fake.script(secretAnswer(SECRET));
    await ask();
    expect(fake.requests).toMatchObject([
      {
        method: "POST",
        path: "/",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "secretsmanager.GetSecretValue",
        },
        body: '{"SecretId":"session-keys"}',
      },
    ]);
  });

  test("is signed for the region and with the credentials of the environment", async () => {
    fake.script(secretAnswer(SECRET));
    await ask();
    expect(fake.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request, /,
    );
  });

  test("is refused by the fake when another secret access key signed it", async () => {
    fake.script(secretAnswer(SECRET));
    const error = await errorOf(ask({ ...fake.environment, AWS_SECRET_ACCESS_KEY: "another" }));
    expect(error.message).toBe("Secrets Manager answered 400 IncompleteSignatureException");
  });

  test("carries the session token of temporary credentials, signed too", async () => {
    fake.script(secretAnswer(SECRET));
    expect(await ask({ ...fake.environment, AWS_SESSION_TOKEN: "a session token" })).toBe(SECRET);
    expect(fake.requests[0]?.headers["x-amz-security-token"]).toBe("a session token");
  });

  test("carries no session token where there is none", async () => {
    fake.script(secretAnswer(SECRET));
    await ask({ ...fake.environment, AWS_SESSION_TOKEN: "" });
    expect(fake.requests[0]?.headers).not.toHaveProperty("x-amz-security-token");
  });

  test("reads text that is not ASCII", async () => {
    fake.script(secretAnswer("clé ✓ 🔑"));
    expect(await ask()).toBe("clé ✓ 🔑");
  });
});

describe("the address that is asked without an endpoint in the environment", () => {
  /** Leads what goes to AWS to the fake, which checks the signature over the host that was meant. */
  async function hostAsked(region: string | undefined): Promise<RequestOptions> {
    const { AWS_ENDPOINT_URL_SECRETS_MANAGER: _, AWS_REGION: __, ...credentials } = fake.environment;
    const request = vi
      .spyOn(https, "request")
      .mockImplementation(((options: RequestOptions, callback: never) =>
        http.request({ ...options, hostname: "127.0.0.1", port: fake.port }, callback)) as never);
    fake.script(secretAnswer(SECRET));
    expect(await ask({ ...credentials, ...(region && { AWS_REGION: region }) })).toBe(SECRET);
    return request.mock.calls[0]?.[0] as RequestOptions;
  }

  test.each([
    ["eu-central-1", "secretsmanager.eu-central-1.amazonaws.com"],
    ["us-gov-west-1", "secretsmanager.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "secretsmanager.cn-north-1.amazonaws.com.cn"],
    ["cn-northwest-1", "secretsmanager.cn-northwest-1.amazonaws.com.cn"],
    [undefined, "secretsmanager.us-east-1.amazonaws.com"],
  ])("is of the region %s: %s", async (region, host) => {
    expect(await hostAsked(region)).toMatchObject({ hostname: host, path: "/" });
    const { authorization, ...headers } = fake.requests[0]?.headers ?? {};
    expect(headers.host).toBe(host);
    expect(authorization).toContain(`/${region ?? "us-east-1"}/secretsmanager/`);
  });
});

describe("an answer without the secret", () => {
  test.each<[string, string]>([
    ["is no JSON", "<html>"],
    ["is empty", ""],
    ["is cut off", '{"SecretString":"the text of'],
    ["is null", "null"],
    ["is a list", "[]"],
    ["is text", `"${SECRET}"`],
    ["holds bytes only", '{"SecretBinary":"AAAA"}'],
    ["holds no text", '{"SecretString":5}'],
  ])("is an error that another try would not help: it %s", async (_name, body) => {
    fake.script({ status: 200, body });
    const error = await errorOf(ask());
    expect(error).not.toBeInstanceOf(RetryableError);
    expect(error.message).toBe("the secret holds no text");
  });

  test.each<[number, string]>([
    [400, "AccessDeniedException"],
    [400, "ResourceNotFoundException"],
    [400, "DecryptionFailure"],
    [403, ""],
    [301, ""],
  ])("is an error that another try would not help: %i %s", async (status, type) => {
    fake.script(failure(status, type));
    const error = await errorOf(ask());
    expect(error).not.toBeInstanceOf(RetryableError);
    expect(error.message).toBe(`Secrets Manager answered ${status} ${type}`.trim());
  });

  test.each<[number, string]>([
    [400, "ThrottlingException"],
    [500, "InternalServiceError"],
    [503, ""],
  ])("is an error that may be gone at the next try: %i %s", async (status, type) => {
    fake.script(failure(status, type));
    const error = await errorOf(ask());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe(`Secrets Manager answered ${status} ${type}`.trim());
  });

  test("tells an error's type as AWS writes it with and without a namespace", async () => {
    fake.script({ status: 400, body: '{"__type":"ThrottlingException"}' });
    expect(await errorOf(ask())).toBeInstanceOf(RetryableError);
  });

  test("tells nothing of the secret, even when an error should hold it", async () => {
    fake.script({ status: 500, body: JSON.stringify({ Message: SECRET, SecretString: SECRET }) });
    const { message, stack, cause } = await errorOf(ask());
    expect(`${message} ${stack} ${cause}`).not.toContain(SECRET);
  });
});

describe("a connection that fails", () => {
  test("is an error that may be gone at the next try, with its cause", async () => {
    fake.script("hang up");
    const error = await errorOf(ask());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe("Secrets Manager cannot be reached");
    expect(error.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("is so where nobody listens", async () => {
    const gone = new FakeSecretsManager();
    await gone.start();
    const { environment } = gone;
    await gone.stop();
    const error = await errorOf(ask(environment));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is so when the answer breaks off", async () => {
    fake.script("break off");
    expect(await errorOf(ask())).toBeInstanceOf(RetryableError);
  });

  test("is so when there is no answer for two seconds", async () => {
    const { setTimeout } = globalThis;
    const spy = vi.spyOn(globalThis, "setTimeout");
    spy.mockImplementation(((run: () => void, wait: number) =>
      setTimeout(run, wait === 2000 ? 1 : wait)) as never);
    fake.script("be silent");
    const error = await errorOf(ask());
    expect(spy.mock.calls.map(([, wait]) => wait)).toContain(2000);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.cause).toEqual(new Error("no answer within 2000 ms"));
  });
});
