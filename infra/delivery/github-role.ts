import { CfnOutput, Duration } from "aws-cdk-lib";
import { Grant, type IOidcProvider, OpenIdConnectPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Issuer of the tokens of GitHub Actions, and prefix of their claims in conditions. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** Audience of tokens for AWS, which `aws-actions/configure-aws-credentials` requests. */
export const GITHUB_AUDIENCE = "sts.amazonaws.com";

/** Props of a {@link GitHubRole}. */
export interface GitHubRoleProps {
  readonly provider: IOidcProvider;
  /** Exact values of the claims that a job's token must have, besides the audience. */
  readonly claims: Readonly<Record<"sub", string>> & Readonly<Record<string, string>>;
  /** ARNs of the roles that the role may assume. It has no other permission. */
  readonly mayAssume: readonly string[];
  readonly description: string;
}

/**
 * A role that jobs of GitHub Actions assume with their token instead of a stored key. Its ARN is an output of
 * the stack with the construct's name.
 *
 * STS compares the claims that it knows, such as `sub`, `ref` and `environment`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif);
 * a condition on a claim that a token lacks is not met.
 */
export class GitHubRole extends Construct {
  constructor(scope: Construct, id: string, props: GitHubRoleProps) {
    super(scope, id);
    const { provider, claims, mayAssume, description } = props;
    const expected = Object.entries({ aud: GITHUB_AUDIENCE, ...claims });
    const role = new Role(this, "Role", {
      description,
      assumedBy: new OpenIdConnectPrincipal(provider, {
        StringEquals: Object.fromEntries(
          expected.map(([name, value]) => [`${GITHUB_ISSUER}:${name}`, value]),
        ),
      }),
      maxSessionDuration: Duration.hours(1),
    });
    Grant.addToPrincipal({ grantee: role, actions: ["sts:AssumeRole"], resourceArns: [...mayAssume] });
    new CfnOutput(this, "Arn", { value: role.roleArn, description }).overrideLogicalId(`${id}Arn`);
  }
}
