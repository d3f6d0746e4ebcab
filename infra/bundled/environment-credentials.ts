/** AWS credentials that sign a request. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Replaces the `defaultProvider` of `@aws-sdk/credential-provider-node` in the bundles. Reads credentials
 * from the environment only, because Lambda puts those of a function's role there
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
 *
 * @returns a credential provider, which rejects when the environment has no credentials
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new Error("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set. Lambda sets both.");
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
