import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** The report of a function's process about an invocation or its start. */
export interface Report {
  readonly kind: "response" | "error" | "init error";
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** An invocation without a report. */
interface Waiting {
  readonly id: string;
  readonly event: string;
  readonly report: PromiseWithResolvers<Report>;
}

const BASE = "/2018-06-01/runtime/";

/**
 * Implements Lambda's Runtime API for one process of a function: it sends events and receives their results.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  /** The report of a process that failed to start. */
  readonly initError: PromiseWithResolvers<Report> = Promise.withResolvers();
  readonly #server: Server;
  readonly #invocations = new Map<string, Waiting>();
  /** The invocations that were not sent yet, and the response of a process that waits for one. */
  readonly #queue: Waiting[] = [];
  #idle: ServerResponse | undefined;

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /** Starts the server and returns its address, the value of `AWS_LAMBDA_RUNTIME_API`. */
  async start(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Sends an event to the process and returns the request's id and the result. */
  async invoke(event: unknown): Promise<Report & { readonly id: string }> {
    const waiting = {
      id: randomUUID(),
      event: JSON.stringify(event),
      report: Promise.withResolvers<Report>(),
    };
    this.#invocations.set(waiting.id, waiting);
    this.#queue.push(waiting);
    this.#handOut();
    return { id: waiting.id, ...(await waiting.report.promise) };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.slice(BASE.length);
    if (path === "invocation/next") {
      this.#idle = response;
      return this.#handOut();
    }
    const body = await text(request);
    const { headers } = request;
    const [, id = "", kind] = /^invocation\/([\w-]+)\/(response|error)$/.exec(path ?? "") ?? [];
    if (path === "init/error") this.initError.resolve({ kind: "init error", body, headers });
    else this.#invocations.get(id)?.report.resolve({ kind: kind as Report["kind"], body, headers });
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  #handOut(): void {
    if (this.#idle === undefined) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#idle.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": next.id,
      "lambda-runtime-deadline-ms": `${Date.now() + 30_000}`,
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:test",
      "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
    });
    this.#idle.end(next.event);
    this.#idle = undefined;
  }
}
