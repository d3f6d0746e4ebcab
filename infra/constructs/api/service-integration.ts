import { SecretValue } from "aws-cdk-lib";
import { MappingValue, ParameterMapping } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { LocalUrl, ServiceUrl } from "../../authorized.ts";

/**
 * Value of the mappings that remove a header, as AWS documents it. With the empty string, which CDK's
 * `removeHeader` writes, API Gateway's own API removes a mapping.
 */
const NOTHING = "''";

/** HTTP service that receives the requests which an authorizer allows. */
export interface Service {
  readonly url: ServiceUrl;
  /** Address of the service in the local run. Default: the same. */
  readonly local?: LocalUrl | undefined;
  /** Name of the secret whose value the service receives in `x-api-key`. Default: none. */
  readonly secret?: string | undefined;
  /** True if sessions have an id. Those that are stored in their cookie alone have none. */
  readonly hasSessionIds: boolean;
}

/**
 * Returns the integration with a service. It overwrites the headers in which the service receives the user,
 * because a client can send any header, and removes the cookies, because the session's cookie is a
 * credential.
 *
 * An overwritten header must always have a value: AWS does not document what becomes of the client's header
 * otherwise. So `x-session-id` is removed where sessions have no id, and all claims are in one header. The
 * template contains a reference to the secret, which CloudFormation resolves.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
export function createServiceIntegration({ url, secret, hasSessionIds }: Service): HttpUrlIntegration {
  const mapping = new ParameterMapping()
    .custom("remove:header.cookie", NOTHING)
    .overwriteHeader("x-user-id", MappingValue.contextVariable("authorizer.encodedUserId"))
    .overwriteHeader("x-user-claims", MappingValue.contextVariable("authorizer.encodedClaims"));
  if (secret !== undefined)
    mapping.overwriteHeader(
      "x-api-key",
      MappingValue.custom(SecretValue.secretsManager(secret).unsafeUnwrap()),
    );
  const parameterMapping = hasSessionIds
    ? mapping.overwriteHeader("x-session-id", MappingValue.contextVariable("authorizer.sessionId"))
    : mapping.custom("remove:header.x-session-id", NOTHING);
  return new HttpUrlIntegration("Service", url, { parameterMapping });
}
