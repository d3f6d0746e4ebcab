import { retry, type Wait } from "./retry.ts";
import { callSecretsManager, type Environment, toError } from "./secrets-manager.ts";

/** Options that name a secret. */
export interface SecretStringOptions {
  /** ARN or name of the secret. */
  readonly secretId: string;
  /** Region, credentials and endpoint, as Lambda sets them. Default: `process.env`. */
  readonly environment?: Environment;
  /** Waits for this many milliseconds before the next try. */
  readonly wait?: Wait;
}

/** Pauses between the tries, in milliseconds. */
const PAUSES = [100, 300] as const;

/**
 * Reads the string of a secret in Secrets Manager that contains no secret keys, such as a client secret. A
 * failure that may be temporary is tried again twice. No error contains any part of the secret.
 *
 * @returns an empty string if the secret has no value yet
 * @throws Error if Secrets Manager cannot be reached or refuses the request
 */
export function readSecretString(options: SecretStringOptions): Promise<string> {
  return retry(() => readOnce(options), PAUSES, options.wait);
}

async function readOnce({ secretId, environment = process.env }: SecretStringOptions): Promise<string> {
  const response = await callSecretsManager("GetSecretValue", { SecretId: secretId }, environment);
  const { SecretString, __type } = response.body;
  // Secrets Manager answers so for a secret that has no version yet.
  if (response.status === 400 && `${__type}`.endsWith("ResourceNotFoundException")) return "";
  if (response.status !== 200) throw toError(response);
  return typeof SecretString === "string" ? SecretString : "";
}
