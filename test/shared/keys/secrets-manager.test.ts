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
  test("getSecretString returns the string of the secret", async () => {
    fake.script(secretAnswer(SECRET));
    expect(await ask()).toBe(SECRET);
  });

  test("getSecretString sends the name of the secret in the format AWS JSON 1.1", async () => {
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

  test("the request is signed for the region and with the credentials of the environment", async () => {
    fake.script(secretAnswer(SECRET));
    await ask();
    expect(fake.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request, /,
    );
  });

  test("the fake refuses a request that another secret access key signed", async () => {
    fake.script(secretAnswer(SECRET));
    const error = await errorOf(ask({ ...fake.environment, AWS_SECRET_ACCESS_KEY: "another" }));
    expect(error.message).toBe("Secrets Manager responded with 400 IncompleteSignatureException");
  });

  test("the request contains the session token of temporary credentials, which is signed too", async () => {
    fake.script(secretAnswer(SECRET));
    expect(await ask({ ...fake.environment, AWS_SESSION_TOKEN: "a session token" })).toBe(SECRET);
    expect(fake.requests[0]?.headers["x-amz-security-token"]).toBe("a session token");
  });

  test("the request contains no session token if the environment has none", async () => {
    fake.script(secretAnswer(SECRET));
    await ask({ ...fake.environment, AWS_SESSION_TOKEN: "" });
    expect(fake.requests[0]?.headers).not.toHaveProperty("x-amz-security-token");
  });

  test("getSecretString returns characters beyond ASCII", async () => {
    fake.script(secretAnswer("clé ✓ 🔑"));
    expect(await ask()).toBe("clé ✓ 🔑");
  });
});

describe("the default endpoint", () => {
  /** Sends requests for AWS to the fake, which checks the signature of the original host. */
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
  ])("the request of the region %s is sent to %s", async (region, host) => {
    expect(await hostAsked(region)).toMatchObject({ hostname: host, path: "/" });
    const { authorization, ...headers } = fake.requests[0]?.headers ?? {};
    expect(headers.host).toBe(host);
    expect(authorization).toContain(`/${region ?? "us-east-1"}/secretsmanager/`);
  });
});

describe("a response without the secret", () => {
  test.each<[string, string]>([
    ["is not JSON", "<html>"],
    ["is empty", ""],
    ["is cut off", '{"SecretString":"the text of'],
    ["is null", "null"],
    ["is an array", "[]"],
    ["is a string", `"${SECRET}"`],
    ["contains only bytes", '{"SecretBinary":"AAAA"}'],
    ["contains a number", '{"SecretString":5}'],
  ])("getSecretString rejects without a retry if the response %s", async (_name, body) => {
    fake.script({ status: 200, body });
    const error = await errorOf(ask());
    expect(error).not.toBeInstanceOf(RetryableError);
    expect(error.message).toBe("the secret contains no SecretString; store the keys as JSON");
  });

  test.each<[number, string]>([
    [400, "AccessDeniedException"],
    [400, "ResourceNotFoundException"],
    [400, "DecryptionFailure"],
    [403, ""],
    [301, ""],
  ])("getSecretString rejects with an error that is not retryable for %i %s", async (status, type) => {
    fake.script(failure(status, type));
    const error = await errorOf(ask());
    expect(error).not.toBeInstanceOf(RetryableError);
    expect(error.message).toBe(`Secrets Manager responded with ${status} ${type}`.trim());
  });

  test.each<[number, string]>([
    [400, "ThrottlingException"],
    [500, "InternalServiceError"],
    [503, ""],
  ])("getSecretString rejects with a RetryableError for %i %s", async (status, type) => {
    fake.script(failure(status, type));
    const error = await errorOf(ask());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe(`Secrets Manager responded with ${status} ${type}`.trim());
  });

  test("the error contains the type of the response with and without a namespace", async () => {
    fake.script({ status: 400, body: '{"__type":"ThrottlingException"}' });
    expect(await errorOf(ask())).toBeInstanceOf(RetryableError);
  });

  test("the error contains nothing of the secret even if the response does", async () => {
    fake.script({ status: 500, body: JSON.stringify({ Message: SECRET, SecretString: SECRET }) });
    const { message, stack, cause } = await errorOf(ask());
    expect(`${message} ${stack} ${cause}`).not.toContain(SECRET);
  });
});

describe("a connection that fails", () => {
  test("a connection that breaks rejects with a RetryableError and its cause", async () => {
    fake.script("hang up");
    const error = await errorOf(ask());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe("Secrets Manager cannot be reached; see the cause");
    expect(error.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("a port without a server rejects with a RetryableError", async () => {
    const gone = new FakeSecretsManager();
    await gone.start();
    const { environment } = gone;
    await gone.stop();
    const error = await errorOf(ask(environment));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a response that breaks off rejects with a RetryableError", async () => {
    fake.script("break off");
    expect(await errorOf(ask())).toBeInstanceOf(RetryableError);
  });

  test("a response that takes two seconds rejects with a RetryableError", async () => {
    const { setTimeout } = globalThis;
    const spy = vi.spyOn(globalThis, "setTimeout");
    spy.mockImplementation(((run: () => void, wait: number) =>
      setTimeout(run, wait === 2000 ? 1 : wait)) as never);
    fake.script("be silent");
    const error = await errorOf(ask());
    expect(spy.mock.calls.map(([, wait]) => wait)).toContain(2000);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.cause).toEqual(new Error("no response within 2000 ms"));
  });
});
