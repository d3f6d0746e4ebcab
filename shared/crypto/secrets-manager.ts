import type { IncomingMessage, RequestOptions } from "node:http";
import aws4 from "aws4";
import { parseJsonObject } from "./json-object.ts";

/** The environment that Lambda gives: AWS_REGION, the credentials, AWS_ENDPOINT_URL_SECRETS_MANAGER. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How long one try may take, in milliseconds. */
const TIMEOUT = 2000;

/**
 * The text of a secret: one signed HTTPS request, without the AWS SDK, which takes six times as long to load.
 *
 * The host is that of the AWS and China partitions; elsewhere set AWS_ENDPOINT_URL_SECRETS_MANAGER.
 *
 * @throws RetryableError when Secrets Manager cannot be reached, throttles or is broken; Error when it says no
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function getSecretString(secretId: string, environment: Environment): Promise<string> {
  const { status, body } = await post(secretId, environment);
  const answer = parseJsonObject(body);
  if (status !== 200) throw failure(status, answer);
  if (typeof answer.SecretString !== "string") throw new Error("the secret holds no text");
  return answer.SecretString;
}

/** A failure that may be gone at the next try: the network, a server error, throttling. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
}

function failure(status: number, { __type }: Readonly<Record<string, unknown>>): Error {
  const type = `${__type ?? ""}`.split("#").at(-1);
  const message = `Secrets Manager answered ${status} ${type}`.trim();
  return status >= 500 || type === "ThrottlingException" ? new RetryableError(message) : new Error(message);
}

function post(secretId: string, environment: Environment): Promise<{ status: number; body: string }> {
  const endpoint = new URL(
    environment.AWS_ENDPOINT_URL_SECRETS_MANAGER || defaultEndpoint(environment.AWS_REGION),
  );
  const body = JSON.stringify({ SecretId: secretId });
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new RetryableError("Secrets Manager cannot be reached", { cause }));
    const request = httpOf(endpoint).request(signed(endpoint, body, environment), (response) =>
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), fail),
    );
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${TIMEOUT} ms`)), TIMEOUT);
    request.on("close", () => clearTimeout(limit));
    request.on("error", fail).end(body);
  });
}

function defaultEndpoint(region = "us-east-1"): string {
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** Loaded when a key is asked for: it takes some 10 ms, which a function with keys at hand need not spend. */
function httpOf({ protocol }: URL): typeof import("node:http") | typeof import("node:https") {
  return protocol === "http:"
    ? process.getBuiltinModule("node:http")
    : process.getBuiltinModule("node:https");
}

function signed(
  { host, hostname, port, pathname }: URL,
  body: string,
  environment: Environment,
): RequestOptions {
  const request = {
    service: "secretsmanager",
    region: environment.AWS_REGION ?? "us-east-1",
    method: "POST",
    path: pathname,
    headers: {
      Host: host,
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "secretsmanager.GetSecretValue",
    },
    body,
  };
  const { headers = {} } = aws4.sign(request, credentialsOf(environment));
  return { hostname, port, method: "POST", path: pathname, headers };
}

function credentialsOf(environment: Environment): aws4.Credentials {
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
    ...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
