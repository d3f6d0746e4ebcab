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

/** What a {@link SessionApi} needs to know. */
export interface SessionApiProps {
  /** Requests per second that the API lets through, all routes together. */
  readonly rateLimit: number;
  /** Requests above the rate that a burst may hold. */
  readonly burstLimit: number;
  /** The host name under which it answers, and then under no other. Default: the one of API Gateway. */
  readonly domain?: SessionDomain | undefined;
  readonly logRetention: RetentionDays;
  /** What becomes of the access log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What one request leaves in the access log, as one JSON object. Neither query nor headers: they may hold
 * what opens a session. `functionRequestId` is what the function's own log calls `requestId`. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
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

/** An HTTP API with one stage, `$default`, that every change reaches at once: throttled and with an access log. */
export class SessionApi extends Construct {
  /** Where the API answers, with a slash at the end. */
  readonly url: string;
  /** Its one stage, which knows the API's metrics. */
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
    this.url = domain ? domain.lead(this.stage) : this.stage.url;
  }

  /**
   * Named after the API, so that no other stack's log, and none that stayed, is called the same. API Gateway lists log
   * groups in a policy of the account, from which none is taken away; when it is full, those with this prefix are let in
   * all the same, and no others (https://github.com/anomalyco/sst/issues/125).
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

  /** Sends a route, such as `POST /sign-in` or `$default`, to a function, as payload 2.0. */
  addRoute(routeKey: RouteKey, target: SessionFunction): void {
    const [method, path] = routeKey.split(" ");
    const route = new HttpRoute(this, routeKey, {
      httpApi: this.#api,
      routeKey: path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod),
      integration: this.#integrationOf(target),
    });
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "Visitors come without credentials, and the session that the function opens tells who they are.",
    });
  }

  /** Routes of the same function share one integration. */
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
