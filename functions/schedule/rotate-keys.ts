import type { SecretsManagerRotationEvent } from "aws-lambda";
import { OptionError } from "lambda-sessions";
import { SecretRotation } from "lambda-sessions/keys";

const rotation = new SecretRotation({
  environment: process.env,
  period: secondsFrom("SESSION_KEY_PERIOD"),
  longestLife: secondsFrom("SESSION_LONGEST_LIFE"),
});

/** Rotates the secret keys. Secrets Manager calls it once for each of the four steps of a rotation. */
export const handler = (event: SecretsManagerRotationEvent): Promise<void> => rotation.run(event);

function secondsFrom(name: string): number {
  const seconds = Number(process.env[name]);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new OptionError(name, "must be an integer number of seconds, 1 or more");
}
