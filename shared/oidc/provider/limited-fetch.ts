import type { CustomFetch } from "openid-client";
import { codeOf, ProviderError } from "./provider-error.ts";

/**
 * Maximum size of a response in bytes. Metadata, keys and tokens of known providers have less than a tenth.
 */
const MOST_BYTES = 512 * 1024;

/**
 * Returns a `fetch` for requests to the provider: the whole response must arrive within `timeout`
 * milliseconds and has a maximum size, redirects are not followed, and a failure is a ProviderError.
 *
 * Connections are closed after each response, because they may be dead when Lambda thaws the function.
 */
export function createLimitedFetch(timeout: number): CustomFetch {
  return async (url, { body, headers, method }) => {
    const request: RequestInit = {
      method,
      headers: { ...headers, connection: "close" },
      body: (body ?? null) as Required<RequestInit>["body"],
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    };
    try {
      return await readWhole(await fetch(url, request));
    } catch (error) {
      throw toFailure(error, timeout);
    }
  };
}

async function readWhole(response: Response): Promise<Response> {
  const { status, headers } = response;
  if (status >= 500 || status === 429) {
    await response.body?.cancel();
    const details = { status, retryAfter: parseRetryAfter(headers.get("retry-after")) };
    throw new ProviderError("provider_unavailable", `the provider responded with ${status}`, {}, details);
  }
  const bytes = await readBody(response);
  return new Response(BODILESS.has(status) ? null : bytes, { status, headers });
}

/** Statuses of responses without a body (Fetch, section 2.2.3). */
const BODILESS = new Set([204, 205, 304]);

async function readBody({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES)
      throw new ProviderError(
        "provider_response_too_large",
        `the response has more than ${MOST_BYTES} bytes`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toFailure(error: unknown, timeout: number): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new ProviderError("provider_timeout", `the provider did not respond within ${timeout} ms`);
  const code = codeOf((error as Error).cause);
  const message = `the provider cannot be reached${code && ` (${code})`}`;
  return new ProviderError("provider_unreachable", message, {}, { code });
}

/** Returns the seconds of a Retry-After header. A date counts as if the header were absent. */
function parseRetryAfter(value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
