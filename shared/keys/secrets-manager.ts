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
  const answer = await callSecretsManager("GetSecretValue", { SecretId: secretId }, environment);
  if (answer.status !== 200) throw failureOf(answer);
  const { SecretString } = answer.body;
  if (typeof SecretString !== "string") throw new Error("the secret holds no text");
  return SecretString;
}

/** What Secrets Manager answered: the JSON of AWS JSON 1.1, an error's too. */
export interface SecretsManagerAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Calls one action of Secrets Manager. What it answers is no error here, whatever it is.
 *
 * @throws RetryableError when it cannot be reached
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export async function callSecretsManager(
  action: string,
  parameters: object,
  environment: Environment,
): Promise<SecretsManagerAnswer> {
  const { status, body } = await post(action, JSON.stringify(parameters), environment);
  return { status, body: parseJsonObject(body) };
}

/** A failure that may be gone at the next try: the network, a server error, throttling. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
}

/** The error for an answer that is none, with its status and its type, and nothing that it says. */
export function failureOf({ status, body }: SecretsManagerAnswer): Error {
  const type = `${body.__type ?? ""}`.split("#").at(-1);
  const message = `Secrets Manager answered ${status} ${type}`.trim();
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
      reject(new RetryableError("Secrets Manager cannot be reached", { cause }));
    const request = httpOf(endpoint).request(signed(endpoint, action, body, environment), (response) =>
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
  const { headers = {} } = aws4.sign(request, credentialsOf(environment));
  // A connection that is kept may be dead when Lambda thaws the function.
  return { hostname, port, method: "POST", path: pathname, headers, agent: false };
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
