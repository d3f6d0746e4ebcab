import { BOOTSTRAP_QUALIFIER_CONTEXT, DefaultStackSynthesizer, Fn } from "aws-cdk-lib";
import type { Construct } from "constructs";

const {
  DEFAULT_DEPLOY_ROLE_ARN,
  DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN,
  DEFAULT_LOOKUP_ROLE_ARN,
  DEFAULT_QUALIFIER,
} = DefaultStackSynthesizer;

/** The roles that `cdk bootstrap` made in the account and region of a stack, by their ARNs, as far as the CDK takes them. */
export interface BootstrapRoles {
  /** Has CloudFormation change any stack, with the rights that the bootstrapping gave CloudFormation. */
  readonly deploy: string;
  /** Uploads templates and bundles to the bucket for them. */
  readonly publishFiles: string;
  /** Reads what is there. */
  readonly lookUp: string;
}

/** The names of the roles follow the CDK's default, with the qualifier of the app's context. */
export function bootstrapRolesOf(scope: Construct): BootstrapRoles {
  const qualifier = scope.node.tryGetContext(BOOTSTRAP_QUALIFIER_CONTEXT) ?? DEFAULT_QUALIFIER;
  const arnOf = (pattern: string) => Fn.sub(pattern.replace(/\$\{Qualifier\}/, qualifier));
  return {
    deploy: arnOf(DEFAULT_DEPLOY_ROLE_ARN),
    publishFiles: arnOf(DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN),
    lookUp: arnOf(DEFAULT_LOOKUP_ROLE_ARN),
  };
}
