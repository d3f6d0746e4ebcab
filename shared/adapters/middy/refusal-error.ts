import type { HttpResult } from "../../lambda/http-result.ts";

/**
 * A request that was refused before its handler ran. It is an error, and not an early response, because
 * Middy would then skip all other middlewares, such as CORS and those that end a trace. Its members are those
 * of Middy's HTTP errors.
 */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly statusCode: number | undefined;
  readonly headers: HttpResult["headers"];
  readonly expose = true;
  /** The response. */
  readonly refusal: HttpResult;

  constructor(refusal: HttpResult) {
    super(refusal.body);
    this.statusCode = refusal.statusCode;
    this.headers = refusal.headers;
    this.refusal = refusal;
  }
}
