import { CfnOutput, Duration } from "aws-cdk-lib";
import { Grant, type IOidcProvider, OpenIdConnectPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Who issues the tokens of GitHub Actions, and what the claims in them are called after in conditions. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** Whom such a token is for when it is for AWS: what `aws-actions/configure-aws-credentials` asks for. */
export const GITHUB_AUDIENCE = "sts.amazonaws.com";

/** What a {@link GitHubRole} needs to know. */
export interface GitHubRoleProps {
  readonly provider: IOidcProvider;
  /** Claims that a job's token must have, to the letter, beside the audience. */
  readonly claims: Readonly<Record<"sub", string>> & Readonly<Record<string, string>>;
  /** The one thing that the role may do: take these other roles. */
  readonly mayTake: readonly string[];
  readonly description: string;
}

/**
 * A role that jobs of GitHub Actions take with a token of theirs instead of a stored key. Its ARN is an output of the
 * stack, under the construct's own name.
 *
 * STS compares the claims that it knows, among them `sub`, `ref` and `environment`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif);
 * a condition on one that a token lacks is not met.
 */
export class GitHubRole extends Construct {
  constructor(scope: Construct, id: string, props: GitHubRoleProps) {
    super(scope, id);
    const { provider, claims, mayTake, description } = props;
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
    Grant.addToPrincipal({ grantee: role, actions: ["sts:AssumeRole"], resourceArns: [...mayTake] });
    new CfnOutput(this, "Arn", { value: role.roleArn, description }).overrideLogicalId(`${id}Arn`);
  }
}
