import { Duration, type RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CfnIntegration,
  CfnRoute,
  type CorsPreflightOptions,
  HttpApi,
  type HttpMethod,
  HttpRoute,
  type HttpRouteIntegration,
  HttpRouteKey,
  HttpStage,
  IpAddressType,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct, type IConstruct } from "constructs";
import type { RouteKey } from "../../routes.ts";
import type { SessionDomain } from "../session-domain.ts";
import { SessionFunction } from "../session-function.ts";
import { createServiceIntegration, type Service } from "./service-integration.ts";

/** Properties of a {@link SessionApi}. */
export interface SessionApiProps {
  /**
   * Requests per second that API Gateway accepts on each route. It aims at this number and may exceed it.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
   */
  readonly rateLimit: number;
  /** Requests on a route that may be sent at once, above the rate. */
  readonly burstLimit: number;
  /** Host name of the API, which is then its only one. Default: the host name of API Gateway. */
  readonly domain?: SessionDomain | undefined;
  /** Other origins whose scripts may send requests and read responses. Default: none. */
  readonly cors?: CorsPreflightOptions | undefined;
  /**
   * Expressions of what a request must have to be authorized, such as `$request.header.cookie`; without it,
   * the response is 401 and the authorizer does not run. Default: none.
   */
  readonly identitySource?: readonly string[];
  readonly logRetention: RetentionDays;
  /** Fate of the access log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** Options of a route. */
export interface RouteOptions {
  /** True if a GET route also matches HEAD, which API Gateway does not imply. Default: false. */
  readonly head?: boolean;
  /** Function that allows or denies the requests. Default: none. */
  readonly authorizer?: SessionFunction | undefined;
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
  authorizerError: "$context.authorizer.error",
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
  readonly #integrations = new Map<SessionFunction | string, HttpRouteIntegration>();
  readonly #identitySource: readonly string[];
  readonly #authorizers = new Map<SessionFunction, HttpLambdaAuthorizer>();

  constructor(scope: Construct, id: string, props: SessionApiProps) {
    super(scope, id);
    const { domain, cors, identitySource = [] } = props;
    this.#identitySource = identitySource;
    this.#api = new HttpApi(this, "HttpApi", {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ipAddressType: IpAddressType.DUAL_STACK,
      ...(domain && { disableExecuteApiEndpoint: true }),
      ...(cors && { corsPreflight: cors }),
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

  /**
   * Routes requests such as `POST /sign-in` or `$default` to a function, with payload format 2.0, or to a
   * service.
   *
   * @throws Error for a service whose address has a variable that the route does not have
   */
  addRoute(routeKey: RouteKey, target: SessionFunction | Service, options: RouteOptions = {}): void {
    const { head = false, authorizer } = options;
    const [method, path] = routeKey.split(" ");
    if (!(target instanceof SessionFunction)) checkVariables(routeKey, target);
    const route = new HttpRoute(this, routeKey, {
      httpApi: this.#api,
      routeKey: path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod),
      integration: this.#integrationOf(target),
      ...(authorizer && { authorizer: this.#authorizerOf(authorizer) }),
    });
    if (!(target instanceof SessionFunction)) addLocalUrl(route, target);
    if (!authorizer) acknowledgeVisitors(route);
    if (head) this.#addHeadRoute(`HEAD ${path}`, route.node.defaultChild as CfnRoute);
  }

  /**
   * Adds a route with the integration and the authorizer of one for GET. It needs no permission, because that
   * of a route is for every method.
   */
  #addHeadRoute(routeKey: string, get: CfnRoute): void {
    const { apiId, target, authorizationType, authorizerId, authorizationScopes } = get;
    const head = new CfnRoute(this, routeKey, { apiId, routeKey });
    Object.assign(head, { target, authorizationType, authorizerId, authorizationScopes });
    if (authorizerId === undefined) acknowledgeVisitors(head);
  }

  /** Returns the integration of a function or a service. Its routes share it. */
  #integrationOf(target: SessionFunction | Service): HttpRouteIntegration {
    const key = target instanceof SessionFunction ? target : JSON.stringify(target);
    const known = this.#integrations.get(key);
    if (known) return known;
    const integration =
      target instanceof SessionFunction
        ? new HttpLambdaIntegration(target.node.id, target.handler, {
            payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
          })
        : createServiceIntegration(target);
    this.#integrations.set(key, integration);
    return integration;
  }

  /**
   * Returns the authorizer with a function. Nothing is cached, because a cached answer would outlive a
   * session that has ended, and allow a request of another site.
   */
  #authorizerOf(target: SessionFunction): HttpLambdaAuthorizer {
    const known = this.#authorizers.get(target);
    if (known) return known;
    const authorizer = new HttpLambdaAuthorizer(target.node.id, target.handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: Duration.seconds(0),
      identitySource: [...this.#identitySource],
    });
    this.#authorizers.set(target, authorizer);
    return authorizer;
  }
}

function checkVariables(routeKey: RouteKey, { url }: Service): void {
  const [missing] = variablesOf(url).filter((name) => !variablesOf(routeKey).includes(name));
  if (missing !== undefined)
    throw new Error(
      `The route ${routeKey} has no variable {${missing}}, which ${url} needs. Add it to the path of the route.`,
    );
}

/** Returns the names of the variables in a route key or an address, greedy or not. */
function variablesOf(text: string): string[] {
  return [...text.matchAll(/\{([^{}]+?)\+?\}/g)].map(([, name = ""]) => name);
}

/** Adds the address of a service in the local run to the template, as the metadata `local:url`. */
function addLocalUrl(route: IConstruct, { local }: Service): void {
  if (local === undefined) return;
  for (const made of route.node.findAll())
    if (made instanceof CfnIntegration) made.addMetadata("local:url", local);
}

function acknowledgeVisitors(route: IConstruct): void {
  Validations.of(route).acknowledge({
    id: "AwsSolutions-APIG4",
    reason: "Visitors have no AWS credentials, so the functions identify them by their session.",
  });
}
