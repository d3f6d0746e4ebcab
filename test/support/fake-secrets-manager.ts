import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import aws4 from "aws4";
import type { Environment } from "../../shared/keys/secrets-manager.ts";

/**
 * Response of the fake to a request. `hang up` closes the connection, `break off` closes it within the
 * response, and `be silent` never responds.
 */
export type Answer =
  | "hang up"
  | "break off"
  | "be silent"
  | { readonly status: number; readonly body: string };

/** Response, or a function that returns one for a correctly signed request. */
export type ScriptedAnswer = Answer | ((request: ReceivedRequest) => Answer);

/** Received request. */
export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Credentials that the fake accepts. */
export const FAKE_CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret access key" };

/**
 * Small Secrets Manager on its own port. It sends one scripted response per request, and repeats the last
 * one. It rejects requests with a wrong signature
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html): it signs each request again and
 * compares.
 */
export class FakeSecretsManager {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  #answers: ScriptedAnswer[] = [];

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /** Environment of a function that calls this fake. */
  get environment(): Environment {
    return {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${this.port}`,
    };
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Clears the recorded requests and sets the next responses. */
  script(...answers: ScriptedAnswer[]): void {
    this.requests.length = 0;
    this.#answers = answers;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    this.requests.push(received);
    const scripted = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    const answer = typeof scripted === "function" && isSigned(received) ? scripted(received) : scripted;
    if (answer === "be silent") return;
    if (answer === undefined || answer === "hang up") request.socket.destroy();
    else if (answer === "break off") breakOff(response);
    else if (typeof answer === "function" || !isSigned(received))
      send(response, failure(400, "IncompleteSignatureException"));
    else send(response, answer);
  }
}

/** Returns the response with a secret's text. */
export function secretAnswer(SecretString: string): Answer {
  return { status: 200, body: JSON.stringify({ Name: "keys", VersionId: "1", SecretString }) };
}

/** Returns an error response of AWS JSON 1.1. */
export function failure(status: number, type: string): { status: number; body: string } {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.secretsmanager#${type}`, Message: "No." }) };
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url: path, headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks).toString() };
}

function send(response: ServerResponse, { status, body }: { status: number; body: string }): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(body);
}

function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "content-length": 1000 });
  response.write('{"SecretString":', () => response.destroy());
}

/** Signs the request again and compares. Host and every X-Amz header must be signed. */
function isSigned({ method = "", path = "", headers, body }: ReceivedRequest): boolean {
  const authorization = headers.authorization ?? "";
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(";") ?? [];
  const region = /Credential=[^/]*\/\d{8}\/([^/]*)\//.exec(authorization)?.[1] ?? "";
  const given = Object.fromEntries(names.map((name) => [name, `${headers[name]}`]));
  const request = { service: "secretsmanager", region, method, path, headers: given, body };
  const again = aws4.sign(request, FAKE_CREDENTIALS);
  const needed = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  return (
    ["x-amz-date", "x-amz-target", ...needed].every((name) => names.includes(name)) &&
    again.headers?.Authorization === authorization
  );
}
