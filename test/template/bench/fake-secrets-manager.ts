import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SECRET } from "./contestants/secret.ts";

/** A Secrets Manager on this machine, which has one secret and rejects unsigned requests. */
export interface FakeSecretsManager extends AsyncDisposable {
  /** The variables that a function needs to use it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the server on a free port. */
export async function fakeSecretsManager(): Promise<FakeSecretsManager> {
  const server = createServer((request, response) => {
    const isSigned = request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=");
    const isRead = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue";
    response.writeHead(isSigned && isRead ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ Name: "keys", SecretString: JSON.stringify({ SECRET_KEY: SECRET }) }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      SESSION_SECRET_ARN: "keys",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "an example, and no key of anybody",
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
