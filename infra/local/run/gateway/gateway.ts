import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import {
  type GatewayRequest,
  gatewayAnswer,
  type HttpResponse,
  InvalidResultError,
  Router,
  toEvent,
  toEvent1,
  toResponse,
  toResponse1,
} from "lambda-sessions/gateway";
import type { InvocationOutcome, LambdaFunction } from "../functions/lambda-function.ts";
import type { LocalFunctions } from "../functions/local-functions.ts";
import { isLoopbackHost } from "../loopback-server.ts";
import type { Output } from "../output.ts";
import type { StackRoute } from "../stack/template.ts";
import { decodedPath, gatewayHeaders, sourceIpOf, splitUrl } from "./gateway-request.ts";

/** Options of a gateway. */
export interface GatewayOptions {
  readonly routes: readonly StackRoute[];
  /** Brings the routes up to date before a request is answered with 404. */
  readonly refresh?: () => Promise<void>;
  readonly functions: LocalFunctions;
  readonly output: Output;
}

const PAYLOADS = {
  "1.0": { toEvent: toEvent1, toResponse: toResponse1 },
  "2.0": { toEvent, toResponse },
} as const;

/** Lambda's limit for an event and for a result, in bytes of JSON: 6 MiB. */
const MOST_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * An HTTP API of API Gateway: routes a request, hands it to the function as an event, and answers its result.
 */
export class Gateway {
  #router: Router<StackRoute>;
  readonly #refresh: (() => Promise<void>) | undefined;
  readonly #functions: LocalFunctions;
  readonly #output: Output;

  constructor({ routes, refresh, functions, output }: GatewayOptions) {
    this.#refresh = refresh;
    this.#router = new Router(routes);
    this.#functions = functions;
    this.#output = output;
  }

  /** Answers with other routes from now on. */
  serve(routes: readonly StackRoute[]): void {
    this.#router = new Router(routes);
  }

  /** Answers a request, and prints it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const requestId = randomBytes(11).toString("base64");
    const answer = await this.#answer(request, requestId).catch((error) => {
      if (request.complete) this.#output.failed("local run", inspect(error));
      return gatewayAnswer(500, "Internal Server Error");
    });
    // A client that went away while it was sending gets no answer.
    if (!request.complete) return;
    this.#send(response, { ...answer, headers: [...answer.headers, ["apigw-requestid", requestId]] });
    const { path } = splitUrl(request.url ?? "");
    this.#output.answered(request.method ?? "", path, answer.statusCode, performance.now() - began);
  }

  /** Node refuses some headers that a function may set. */
  #send(response: ServerResponse, answer: HttpResponse): void {
    try {
      send(response, answer);
    } catch (error) {
      this.#output.failed("local run", `This answer cannot be sent: ${(error as Error).message}.`);
      send(response, gatewayAnswer(500, "Internal Server Error"));
    }
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<HttpResponse> {
    if (!isLoopbackHost(request.headers.host)) return gatewayAnswer(403, "Forbidden");
    const body = await readBody(request);
    if (!body) return gatewayAnswer(413, "Request Entity Too Large");
    const { method = "", url = "" } = request;
    const path = decodedPath(url);
    if (path === undefined) return gatewayAnswer(400, "Bad Request");
    const match = this.#router.match(method, path) ?? (await this.#matchAgain(method, path));
    if (!match) return gatewayAnswer(404, "Not Found");
    const { route, ...variables } = match;
    return this.#proxy(route, {
      method,
      path,
      queryString: splitUrl(url).queryString,
      headers: gatewayHeaders(request, body.length),
      body,
      sourceIp: sourceIpOf(request),
      requestId,
      time: new Date(),
      routeKey: route.routeKey,
      ...variables,
    });
  }

  async #matchAgain(method: string, path: string) {
    await this.#refresh?.();
    return this.#router.match(method, path);
  }

  async #proxy(route: StackRoute, request: GatewayRequest): Promise<HttpResponse> {
    const payload = PAYLOADS[route.payloadVersion];
    const event = JSON.stringify(payload.toEvent(request));
    if (Buffer.byteLength(event) > MOST_PAYLOAD_BYTES) return gatewayAnswer(413, "Request Entity Too Large");
    const target = this.#functions.of(route.target);
    const outcome = await within(route.timeout, target.invoke(event, request.requestId));
    if (!outcome) return gatewayAnswer(503, "Service Unavailable");
    return this.#respond(outcome, target, payload.toResponse);
  }

  #respond(
    outcome: InvocationOutcome,
    { label }: LambdaFunction,
    respond: (payload: string) => HttpResponse,
  ): HttpResponse {
    if ("broken" in outcome) return gatewayAnswer(500, outcome.broken);
    if (outcome.failure !== undefined) return gatewayAnswer(500, "Internal Server Error");
    try {
      if (Buffer.byteLength(outcome.payload) > MOST_PAYLOAD_BYTES)
        throw new InvalidResultError("it is over 6 MiB");
      return respond(outcome.payload);
    } catch (error) {
      if (!(error instanceof InvalidResultError)) throw error;
      this.#output.failed(label, `API Gateway cannot answer this function's result: ${error.message}.`);
      return gatewayAnswer(500, "Internal Server Error");
    }
  }
}

/**
 * The body; undefined when it is longer than any event. It is read to its end, so that the client reads the
 * answer.
 */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MOST_PAYLOAD_BYTES) chunks.push(chunk);
  }
  return length <= MOST_PAYLOAD_BYTES ? Buffer.concat(chunks) : undefined;
}

async function within<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  return Promise.race([result, late.promise]).finally(() => clearTimeout(timer));
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse): void {
  const hasBody = statusCode !== 204 && statusCode !== 304;
  // Of one connection, and not the function's to set.
  const own = headers.filter(
    ([name]) => !["connection", "content-length", "transfer-encoding"].includes(name),
  );
  const length = hasBody ? [["content-length", String(body.length)] as const] : [];
  response.writeHead(statusCode, [...own, ...length].flat());
  response.end(hasBody ? body : undefined);
}
