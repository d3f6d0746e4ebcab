import {
  BOOTSTRAP_QUALIFIER_CONTEXT,
  DefaultStackSynthesizer,
  Fn,
  Stack,
  type StackProps,
} from "aws-cdk-lib";
import { type IOidcProvider, OidcProviderNative } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import {
  checkDeliverySettings,
  DELIVERY_SETTINGS,
  type DeliveryRole,
  type DeliverySettings,
} from "./delivery-settings.ts";
import { GITHUB_AUDIENCE, GITHUB_ISSUER, GitHubRole, type GitHubRoleProps } from "./github-role.ts";

/** CDK's own props of a stack, and every setting of docs/delivery.md. */
export interface DeliveryStackProps extends StackProps, DeliverySettings {}

/**
 * Lets jobs of GitHub Actions deploy to this account and region without a stored key: GitHub's OIDC provider,
 * unless one is given, and a role for each purpose. A role may assume roles of `cdk bootstrap` and nothing
 * else.
 *
 * @throws SettingError for a setting that is wrong or missing
 */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const settings = checkDeliverySettings({ ...props });
    const provider = this.#providerOf(settings);
    const purposes = this.#purposesOf(settings);
    for (const name of settings.roles ?? DELIVERY_SETTINGS.roles.default)
      new GitHubRole(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`, {
        provider,
        ...purposes[name],
      });
  }

  #providerOf({ providerArn }: DeliverySettings): IOidcProvider {
    if (providerArn) return OidcProviderNative.fromOidcProviderArn(this, "Provider", providerArn);
    return new OidcProviderNative(this, "Provider", {
      url: `https://${GITHUB_ISSUER}`,
      clientIds: [GITHUB_AUDIENCE],
    });
  }

  /**
   * Returns, for each purpose, which jobs may assume the role and which roles it may assume. The subject of a
   * token names the environment of its job, or else the event that started the run
   * (https://docs.github.com/en/actions/reference/security/oidc).
   */
  #purposesOf(settings: DeliverySettings): Record<DeliveryRole, Omit<GitHubRoleProps, "provider">> {
    const { repository, branch, environment, previewEnvironment } = { ...DEFAULTS, ...settings };
    const { deploy, publishFiles, lookUp } = bootstrapRolesOf(this);
    return {
      deploy: {
        claims: { sub: `repo:${repository}:environment:${environment}`, ref: `refs/heads/${branch}` },
        mayAssume: [deploy, publishFiles, lookUp],
        description: `Deploys the branch ${branch} of ${repository}`,
      },
      diff: {
        claims: { sub: `repo:${repository}:pull_request` },
        mayAssume: [lookUp],
        description: `Compares pull requests of ${repository} with what is deployed`,
      },
      preview: {
        claims: { sub: `repo:${repository}:environment:${previewEnvironment}` },
        mayAssume: [deploy, publishFiles, lookUp],
        description: `Deploys pull requests of ${repository}`,
      },
    };
  }
}

const DEFAULTS = {
  branch: DELIVERY_SETTINGS.branch.default,
  environment: DELIVERY_SETTINGS.environment.default,
  previewEnvironment: DELIVERY_SETTINGS.previewEnvironment.default,
};

const {
  DEFAULT_DEPLOY_ROLE_ARN,
  DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN,
  DEFAULT_LOOKUP_ROLE_ARN,
  DEFAULT_QUALIFIER,
} = DefaultStackSynthesizer;

/** ARNs of those roles of `cdk bootstrap`, in the account and region of a stack, that the CDK assumes. */
interface BootstrapRoles {
  /** Lets CloudFormation change any stack, with the permissions that `cdk bootstrap` gave CloudFormation. */
  readonly deploy: string;
  /** Uploads templates and bundles to their bucket. */
  readonly publishFiles: string;
  /** Reads existing resources. */
  readonly lookUp: string;
}

/** Returns the roles by the CDK's default names, with the qualifier of the app's context. */
function bootstrapRolesOf(scope: Construct): BootstrapRoles {
  const qualifier = scope.node.tryGetContext(BOOTSTRAP_QUALIFIER_CONTEXT) ?? DEFAULT_QUALIFIER;
  const arnOf = (pattern: string) => Fn.sub(pattern.replace(/\$\{Qualifier\}/, qualifier));
  return {
    deploy: arnOf(DEFAULT_DEPLOY_ROLE_ARN),
    publishFiles: arnOf(DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN),
    lookUp: arnOf(DEFAULT_LOOKUP_ROLE_ARN),
  };
}
