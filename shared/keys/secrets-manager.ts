import type { IncomingMessage, RequestOptions } from "node:http";
import aws4 from "aws4";
import { parseObjectOrEmpty } from "./parse-object-or-empty.ts";

/** Environment variables of Lambda: AWS_REGION, the credentials, AWS_ENDPOINT_URL_SECRETS_MANAGER. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Maximum duration of one try, in milliseconds. */
const TIMEOUT = 2000;

/**
 * Returns the string of a secret: one signed HTTPS request without the AWS SDK, which loads six times as
 * long.
 *
 * The default host is that of the AWS and China partitions; elsewhere set AWS_ENDPOINT_URL_SECRETS_MANAGER.
 *
 * @throws RetryableError if Secrets Manager cannot be reached, throttles or fails; Error if it refuses the
 *   request
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function getSecretString(secretId: string, environment: Environment): Promise<string> {
  const response = await callSecretsManager("GetSecretValue", { SecretId: secretId }, environment);
  if (response.status !== 200) throw toError(response);
  const { SecretString } = response.body;
  if (typeof SecretString !== "string")
    throw new Error("the secret contains no SecretString; store the keys as JSON");
  return SecretString;
}

/** Response of Secrets Manager: the body in the format AWS JSON 1.1, also for errors. */
export interface SecretsManagerResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Calls one action of Secrets Manager. Returns every response, including errors.
 *
 * @throws RetryableError if Secrets Manager cannot be reached
 */
export async function callSecretsManager(
  action: string,
  parameters: object,
  environment: Environment,
): Promise<SecretsManagerResponse> {
  const { status, body } = await post(action, JSON.stringify(parameters), environment);
  return { status, body: parseObjectOrEmpty(body) };
}

/** Reports a failure that may be temporary: the network, a server error, throttling. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
}

/** Returns the error for a response, with its status and its type and nothing else of it. */
export function toError({ status, body }: SecretsManagerResponse): Error {
  const type = `${body.__type ?? ""}`.split("#").at(-1);
  const message = `Secrets Manager responded with ${status} ${type}`.trim();
  return status >= 500 || type === "ThrottlingException" ? new RetryableError(message) : new Error(message);
}

function post(
  action: string,
  body: string,
  environment: Environment,
): Promise<{ status: number; body: string }> {
  const endpoint = new URL(
    environment.AWS_ENDPOINT_URL_SECRETS_MANAGER || defaultEndpoint(environment.AWS_REGION),
  );
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new RetryableError("Secrets Manager cannot be reached; see the cause", { cause }));
    const request = loadHttp(endpoint).request(sign(endpoint, action, body, environment), (response) =>
      readBody(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), fail),
    );
    const limit = setTimeout(() => request.destroy(new Error(`no response within ${TIMEOUT} ms`)), TIMEOUT);
    request.on("close", () => clearTimeout(limit));
    request.on("error", fail).end(body);
  });
}

function defaultEndpoint(region = "us-east-1"): string {
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** Loads the module for the first request only, because it takes 10 ms. */
function loadHttp({ protocol }: URL): typeof import("node:http") | typeof import("node:https") {
  return protocol === "http:"
    ? process.getBuiltinModule("node:http")
    : process.getBuiltinModule("node:https");
}

function sign(
  { host, hostname, port, pathname }: URL,
  action: string,
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
      "X-Amz-Target": `secretsmanager.${action}`,
    },
    body,
  };
  const { headers = {} } = aws4.sign(request, readCredentials(environment));
  // Keep-alive is off, because a connection may be dead when Lambda thaws the function.
  return { hostname, port, method: "POST", path: pathname, headers, agent: false };
}

function readCredentials(environment: Environment): aws4.Credentials {
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
    ...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
