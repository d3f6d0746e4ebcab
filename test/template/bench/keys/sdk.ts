import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const client = new SecretsManagerClient();

/** The same call by the AWS SDK. */
export async function handler(): Promise<readonly string[]> {
  const command = new GetSecretValueCommand({ SecretId: process.env.SESSION_SECRET_ARN });
  const { SecretString = "{}" } = await client.send(command);
  return [JSON.parse(SecretString).SECRET_KEY];
}
