/** Middleware of Middy, of which each function is optional. */
export interface Middleware {
  // biome-ignore lint/suspicious/noExplicitAny: Middy passes one request of any type to all
  readonly [phase: string]: ((request: any) => unknown) | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: any handler
type Handler = (event: any, context: any) => unknown;

/** Handler with middlewares, with the methods of Middy that the tests use. */
export interface Middlewares {
  use(middleware: object): Middlewares;
  handler(handler: Handler): (event: never, context: never) => Promise<unknown>;
}

/**
 * Runs middlewares in the order of @middy/core 7: `before` in their order, `after` and `onError` in the
 * opposite one, and none of these after a value was returned.
 */
export function middlewares(): Middlewares {
  const added: Middleware[] = [];
  const self: Middlewares = {
    use(middleware) {
      added.push(middleware as Middleware);
      return self;
    },
    handler: (handler) => (event, context) => runRequest(added, handler, { event, context, internal: {} }),
  };
  return self;
}

interface MiddlewareRequest {
  readonly event: unknown;
  readonly context: unknown;
  readonly internal: object;
  response?: unknown;
  error?: unknown;
}

async function runRequest(
  added: Middleware[],
  handler: Handler,
  request: MiddlewareRequest,
): Promise<unknown> {
  const reversed = added.toReversed();
  try {
    if (await run(added, "before", request)) return request.response;
    request.response = await handler(request.event, request.context);
    await run(reversed, "after", request);
  } catch (error) {
    request.response = undefined;
    request.error = error;
    await run(reversed, "onError", request);
    if (request.response === undefined) throw request.error;
  }
  return request.response;
}

/** Returns whether one of the functions has responded. */
async function run(added: Middleware[], phase: string, request: MiddlewareRequest): Promise<boolean> {
  for (const middleware of added) {
    const response = await middleware[phase]?.(request);
    if (response === undefined) continue;
    request.response = response;
    return true;
  }
  return false;
}
