import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import { gatewayResponse, type HttpResponse } from "../http-response.ts";
import { Router } from "../router.ts";
import { answerPreflight, type HttpApiCors, replaceCorsHeaders } from "./http-api-cors.ts";
import type { Integration } from "./lambda-integration.ts";
import { isLoopbackHost } from "./loopback-server.ts";
import { decodePath, readBody, readSourceIp, splitUrl, toGatewayHeaders } from "./node-request.ts";

/** Route of an HTTP API. */
export interface HttpApiRoute {
  /** `METHOD /path`, or `$default`. */
  readonly routeKey: string;
  readonly integration: Integration;
}

/** Request that was answered, for a log. */
export interface AnsweredRequest {
  readonly method: string;
  /** Path without the query, which may contain secrets. */
  readonly path: string;
  readonly statusCode: number;
  readonly milliseconds: number;
}

/** Options of an HTTP API. Everything is optional. */
export interface HttpApiOptions {
  /** Updates the routes. Called before a request is answered with 404. */
  readonly refresh?: () => Promise<void>;
  /** Called after a request was answered. */
  readonly onAnswer?: (answered: AnsweredRequest) => void;
  /** Called with a description of a failure that is answered with 500. */
  readonly onFailure?: (failure: string) => void;
}

/**
 * HTTP API like API Gateway's, on this machine. Routes a request, and sends the response of the route's
 * integration. Requests for other hosts than this machine are answered with 403.
 */
export class HttpApi {
  #router = new Router<HttpApiRoute>([]);
  #cors: HttpApiCors | undefined;
  readonly #options: HttpApiOptions;

  constructor(options: HttpApiOptions = {}) {
    this.#options = options;
  }

  /** Replaces the routes and the CORS configuration. Without one, CORS headers of integrations are kept. */
  serve(routes: readonly HttpApiRoute[], cors?: HttpApiCors): void {
    this.#router = new Router(routes);
    this.#cors = cors;
  }

  /** Answers a request. A listener for servers of `node:http`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onAnswer, onFailure } = this.#options;
    const began = performance.now();
    const requestId = randomBytes(11).toString("base64");
    const answer = await this.#answer(request, requestId).catch((error) => {
      if (request.complete) onFailure?.(inspect(error));
      return gatewayResponse(500, "Internal Server Error");
    });
    // A client that disconnected while it was sending gets no response.
    if (!request.complete) return;
    this.#send(response, { ...answer, headers: [...answer.headers, ["apigw-requestid", requestId]] });
    const { path } = splitUrl(request.url ?? "");
    const { method = "" } = request;
    const { statusCode } = response;
    onAnswer?.({ method, path, statusCode, milliseconds: performance.now() - began });
  }

  /** Sends a response. Answers with 500 if a function set a header that Node rejects. */
  #send(response: ServerResponse, answer: HttpResponse): void {
    try {
      send(response, answer);
    } catch (error) {
      // Node.js keeps the reason phrase of the rejected response.
      response.statusMessage = "";
      this.#options.onFailure?.(
        `The response cannot be sent: ${(error as Error).message}. Correct the headers that the function returns.`,
      );
      send(response, gatewayResponse(500, "Internal Server Error"));
    }
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<HttpResponse> {
    // Every response waits for the whole body: closing a connection with unread bytes discards the response.
    const body = await readBody(request);
    const { host } = request.headers;
    if (host === undefined) return gatewayResponse(400, "Bad Request");
    if (!isLoopbackHost(host)) return gatewayResponse(403, "Forbidden");
    if (!body) return gatewayResponse(413, "Request Entity Too Large");
    const { method = "", url = "" } = request;
    const path = decodePath(url);
    if (path === undefined) return gatewayResponse(400, "Bad Request");
    const match = this.#router.match(method, path) ?? (await this.#refreshAndMatch(method, path));
    if (!match && this.#cors && method === "OPTIONS") return answerPreflight(request, this.#cors);
    if (!match) return gatewayResponse(404, "Not Found");
    const { route, ...variables } = match;
    const response = await route.integration({
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
    return this.#cors ? replaceCorsHeaders(request, response, this.#cors) : response;
  }

  async #refreshAndMatch(method: string, path: string) {
    await this.#options.refresh?.();
    return this.#router.match(method, path);
  }
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
