import { BOOTSTRAP_QUALIFIER_CONTEXT, DefaultStackSynthesizer, Fn } from "aws-cdk-lib";
import type { Construct } from "constructs";

const {
  DEFAULT_DEPLOY_ROLE_ARN,
  DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN,
  DEFAULT_LOOKUP_ROLE_ARN,
  DEFAULT_QUALIFIER,
} = DefaultStackSynthesizer;

/** ARNs of those roles of `cdk bootstrap`, in the account and region of a stack, that the CDK assumes. */
export interface BootstrapRoles {
  /** Lets CloudFormation change any stack, with the permissions that `cdk bootstrap` gave CloudFormation. */
  readonly deploy: string;
  /** Uploads templates and bundles to their bucket. */
  readonly publishFiles: string;
  /** Reads existing resources. */
  readonly lookUp: string;
}

/** Returns the roles by the CDK's default names, with the qualifier of the app's context. */
export function bootstrapRolesOf(scope: Construct): BootstrapRoles {
  const qualifier = scope.node.tryGetContext(BOOTSTRAP_QUALIFIER_CONTEXT) ?? DEFAULT_QUALIFIER;
  const arnOf = (pattern: string) => Fn.sub(pattern.replace(/\$\{Qualifier\}/, qualifier));
  return {
    deploy: arnOf(DEFAULT_DEPLOY_ROLE_ARN),
    publishFiles: arnOf(DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN),
    lookUp: arnOf(DEFAULT_LOOKUP_ROLE_ARN),
  };
}
