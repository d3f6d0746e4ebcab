import { type RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  HttpApi,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { RouteKey } from "../routes.ts";
import type { SessionDomain } from "./session-domain.ts";
import type { SessionFunction } from "./session-function.ts";

/** Properties of a {@link SessionApi}. */
export interface SessionApiProps {
  /** Requests per second that the API accepts, all routes together. */
  readonly rateLimit: number;
  /** Requests that may be sent at once, above the rate. */
  readonly burstLimit: number;
  /** Host name of the API, which is then its only one. Default: the host name of API Gateway. */
  readonly domain?: SessionDomain | undefined;
  readonly logRetention: RetentionDays;
  /** Fate of the access log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Format of a request's line in the access log, one JSON object. It contains neither query nor headers,
 * because they may contain tokens. `functionRequestId` equals `requestId` in the function's log.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  route: "$context.routeKey",
  protocol: "$context.protocol",
  status: "$context.status",
  responseLength: "$context.responseLength",
  responseLatency: "$context.responseLatency",
  integrationStatus: "$context.integration.status",
  integrationLatency: "$context.integration.latency",
  integrationError: "$context.integrationErrorMessage",
  functionRequestId: "$context.awsEndpointRequestId",
});

/**
 * HTTP API with throttling and an access log. Its one stage, `$default`, deploys every change automatically.
 */
export class SessionApi extends Construct {
  /** Address of the API, with a slash at the end. */
  readonly url: string;
  /** Stage of the API, which has its metrics. */
  readonly stage: HttpStage;
  readonly accessLog: LogGroup;
  readonly #api: HttpApi;
  readonly #integrations = new Map<SessionFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: SessionApiProps) {
    super(scope, id);
    const { domain } = props;
    this.#api = new HttpApi(this, "HttpApi", {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ...(domain && { disableExecuteApiEndpoint: true }),
    });
    this.accessLog = this.#makeAccessLog(props);
    this.stage = this.#makeStage(props);
    this.url = domain ? domain.mapTo(this.stage) : this.stage.url;
  }

  /**
   * Creates the access log. Its name contains the API's id, so that it differs from the logs of other stacks
   * and from retained ones. API Gateway adds log groups to a resource policy of the account and never removes
   * them. When that policy is full, log groups with the prefix `/aws/vendedlogs/` still work
   * (https://github.com/anomalyco/sst/issues/125).
   */
  #makeAccessLog({ logRetention, removalPolicy }: SessionApiProps): LogGroup {
    const logGroupName = `/aws/vendedlogs/${Stack.of(this).stackName}/${this.#api.apiId}`;
    return new LogGroup(this, "AccessLog", { logGroupName, retention: logRetention, removalPolicy });
  }

  #makeStage({ rateLimit, burstLimit }: SessionApiProps): HttpStage {
    return new HttpStage(this, "Stage", {
      httpApi: this.#api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      },
    });
  }

  /** Routes requests such as `POST /sign-in` or `$default` to a function, with payload format 2.0. */
  addRoute(routeKey: RouteKey, target: SessionFunction): void {
    const [method, path] = routeKey.split(" ");
    const route = new HttpRoute(this, routeKey, {
      httpApi: this.#api,
      routeKey: path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod),
      integration: this.#integrationOf(target),
    });
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "Visitors have no AWS credentials, so the functions identify them by their session.",
    });
  }

  /** Returns the integration of a function. Its routes share it. */
  #integrationOf(target: SessionFunction): HttpLambdaIntegration {
    const known = this.#integrations.get(target);
    if (known) return known;
    const integration = new HttpLambdaIntegration(target.node.id, target.handler, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    this.#integrations.set(target, integration);
    return integration;
  }
}
