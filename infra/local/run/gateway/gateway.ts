import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import {
  type GatewayRequest,
  gatewayResponse,
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
import { decodePath, readSourceIp, splitUrl, toGatewayHeaders } from "./gateway-request.ts";

/** Options of a gateway. */
export interface GatewayOptions {
  readonly routes: readonly StackRoute[];
  /** Updates the routes. Called before a request is answered with 404. */
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
 * HTTP API like API Gateway's. Routes a request, invokes the function with an event, and sends its result.
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

  /** Replaces the routes. */
  serve(routes: readonly StackRoute[]): void {
    this.#router = new Router(routes);
  }

  /** Answers a request and prints it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const requestId = randomBytes(11).toString("base64");
    const answer = await this.#answer(request, requestId).catch((error) => {
      if (request.complete) this.#output.printFailure("local run", inspect(error));
      return gatewayResponse(500, "Internal Server Error");
    });
    // A client that disconnected while it was sending gets no response.
    if (!request.complete) return;
    this.#send(response, { ...answer, headers: [...answer.headers, ["apigw-requestid", requestId]] });
    const { path } = splitUrl(request.url ?? "");
    this.#output.printRequest(request.method ?? "", path, answer.statusCode, performance.now() - began);
  }

  /** Sends a response. Answers with 500 if a function set a header that Node rejects. */
  #send(response: ServerResponse, answer: HttpResponse): void {
    try {
      send(response, answer);
    } catch (error) {
      this.#output.printFailure(
        "local run",
        `The response cannot be sent: ${(error as Error).message}. Correct the headers that the function returns.`,
      );
      send(response, gatewayResponse(500, "Internal Server Error"));
    }
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<HttpResponse> {
    if (!isLoopbackHost(request.headers.host)) return gatewayResponse(403, "Forbidden");
    const body = await readBody(request);
    if (!body) return gatewayResponse(413, "Request Entity Too Large");
    const { method = "", url = "" } = request;
    const path = decodePath(url);
    if (path === undefined) return gatewayResponse(400, "Bad Request");
    const match = this.#router.match(method, path) ?? (await this.#refreshAndMatch(method, path));
    if (!match) return gatewayResponse(404, "Not Found");
    const { route, ...variables } = match;
    return this.#proxy(route, {
      method,
      path,
      queryString: splitUrl(url).queryString,
      headers: toGatewayHeaders(request, body.length),
      body,
      sourceIp: readSourceIp(request),
      requestId,
      time: new Date(),
      routeKey: route.routeKey,
      ...variables,
    });
  }

  async #refreshAndMatch(method: string, path: string) {
    await this.#refresh?.();
    return this.#router.match(method, path);
  }

  async #proxy(route: StackRoute, request: GatewayRequest): Promise<HttpResponse> {
    const payload = PAYLOADS[route.payloadVersion];
    const event = JSON.stringify(payload.toEvent(request));
    if (Buffer.byteLength(event) > MOST_PAYLOAD_BYTES)
      return gatewayResponse(413, "Request Entity Too Large");
    const target = this.#functions.of(route.target);
    const outcome = await limitTime(route.timeout, target.invoke(event, request.requestId));
    if (!outcome) return gatewayResponse(503, "Service Unavailable");
    return this.#respond(outcome, target, payload.toResponse);
  }

  #respond(
    outcome: InvocationOutcome,
    { label }: LambdaFunction,
    respond: (payload: string) => HttpResponse,
  ): HttpResponse {
    if ("broken" in outcome) return gatewayResponse(500, outcome.broken);
    if (outcome.failure !== undefined) return gatewayResponse(500, "Internal Server Error");
    try {
      if (Buffer.byteLength(outcome.payload) > MOST_PAYLOAD_BYTES)
        throw new InvalidResultError("it is over 6 MiB");
      return respond(outcome.payload);
    } catch (error) {
      if (!(error instanceof InvalidResultError)) throw error;
      this.#output.printFailure(
        label,
        `API Gateway cannot convert this result to a response: ${error.message}.`,
      );
      return gatewayResponse(500, "Internal Server Error");
    }
  }
}

/**
 * Reads the body, and returns undefined if it is longer than any event may be. Reads to the end in any case,
 * so that the client reads the response.
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

async function limitTime<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  return Promise.race([result, late.promise]).finally(() => clearTimeout(timer));
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse): void {
  const hasBody = statusCode !== 204 && statusCode !== 304;
  // Headers of the connection itself, which a function cannot set.
  const own = headers.filter(
    ([name]) => !["connection", "content-length", "transfer-encoding"].includes(name),
  );
  const length = hasBody ? [["content-length", String(body.length)] as const] : [];
  response.writeHead(statusCode, [...own, ...length].flat());
  response.end(hasBody ? body : undefined);
}
