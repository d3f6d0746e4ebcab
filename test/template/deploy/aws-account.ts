import { STS } from "@aws-sdk/client-sts";
import { DeployTestError } from "./installation.ts";

/**
 * The account and region of AWS that the person's own credentials lead to, in words.
 *
 * @throws DeployTestError when there are none, or they have expired
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
