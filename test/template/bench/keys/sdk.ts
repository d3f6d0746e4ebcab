import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const client = new SecretsManagerClient();

/** Makes the same call with the AWS SDK. */
export async function handler(): Promise<readonly string[]> {
  const command = new GetSecretValueCommand({ SecretId: process.env.SESSION_SECRET_ARN });
  const { SecretString = "{}" } = await client.send(command);
  return [JSON.parse(SecretString).SECRET_KEY];
}
