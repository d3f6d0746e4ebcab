import { Writable } from "node:stream";

const PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response";

/** Marks a handler that streams its response, as Lambda's runtime does. */
export const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * Stream that Lambda passes to a handler with response streaming. As in Lambda's runtime, the prelude is
 * written by the first call of `write`. `end` does not write it, so a response without a body needs
 * `write("")`.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export class ResponseStream extends Writable {
  /** Type of the content. Default: `application/octet-stream`. */
  contentType = "application/octet-stream";
  /** Writes what precedes the first byte. */
  _onBeforeFirstWrite: ((write: (chunk: string | Uint8Array) => void) => void) | undefined;
  readonly #chunks: Buffer[] = [];
  #hasBegun = false;

  setContentType(contentType: string): void {
    if (this.#hasBegun) throw new Error("Cannot set content-type, too late.");
    this.contentType = contentType;
  }

  override write(chunk: unknown, ...others: never[]): boolean {
    if (!this.#hasBegun) this._onBeforeFirstWrite?.((first) => super.write(first));
    this.#hasBegun = true;
    return super.write(chunk, ...others);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  /** Bytes that were written so far, with the prelude. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** True if the handler writes a prelude. */
  get hasPrelude(): boolean {
    return this.contentType === PRELUDE_TYPE;
  }
}

/**
 * Sets the global `awslambda` of Lambda's Node.js runtime, for tests of handlers that stream their responses.
 * Call it before such a handler is imported. Does nothing in that runtime. Members that a library has set, as
 * clients of the AWS SDK do, are kept.
 */
export function provideAwsLambda(): void {
  const { awslambda: given } = globalThis as { readonly awslambda?: Partial<typeof awslambda> };
  if (given?.streamifyResponse) return;
  const streamifyResponse = (handler: object) => Object.assign(handler, { [STREAMING]: "response" });
  const from = (stream: ResponseStream, metadata: object) => {
    stream.setContentType(PRELUDE_TYPE);
    stream._onBeforeFirstWrite = (write) => {
      write(JSON.stringify(metadata));
      write(new Uint8Array(8));
    };
    return stream;
  };
  Object.assign(globalThis, { awslambda: { ...given, streamifyResponse, HttpResponseStream: { from } } });
}
