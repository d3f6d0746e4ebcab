import type { Context } from "aws-lambda";
import { ProviderError } from "./provider/provider-error.ts";

/** Milliseconds that remain for the response. */
const RESERVE = 1000;

/**
 * Waits for the provider no longer than the function may run, so that the visitor gets a response instead of
 * the gateway's error.
 *
 * @throws ProviderError (`provider_timeout`)
 */
export async function withinTime<Result>(context: Context, work: Promise<Result>): Promise<Result> {
  const remaining = context.getRemainingTimeInMillis?.();
  if (remaining === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const error = new ProviderError("provider_timeout", "the provider took longer than the function may run");
    timer = setTimeout(() => reject(error), Math.max(0, remaining - RESERVE));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
