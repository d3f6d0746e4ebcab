import { STS } from "@aws-sdk/client-sts";
import { DeployTestError } from "./installation.ts";

/**
 * Returns a description of the AWS account and region of the user's own credentials.
 *
 * @throws DeployTestError when there are no credentials, or they have expired
 */
export async function describeAccount(): Promise<string> {
  const sts = new STS();
  try {
    const { Account, Arn } = await sts.getCallerIdentity();
    return `the account ${Account}, as ${Arn}, in ${await sts.config.region()}`;
  } catch (error) {
    throw new DeployTestError(
      `--aws needs credentials and a region, as the AWS CLI and the CDK find them: ${(error as Error).message}`,
    );
  }
}
