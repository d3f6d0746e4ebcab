// Declares the frameworks of lambda-sessions/web, so that the type check does not need them installed. The
// examples of the page are checked with the frameworks' own types.

declare module "@aws-lambda-powertools/event-handler/http";
declare module "@aws-lambda-powertools/event-handler/http/middleware";
declare module "h3";
declare module "hono";
declare module "hono/aws-lambda";
declare module "hono/cors";
declare module "hono/http-exception";
declare module "hono/streaming";
declare module "srvx/aws-lambda";

declare module "react-router" {
  type Query = (request: Request) => Promise<Response>;
  interface Options {
    readonly generateMiddlewareResponse: (query: Query) => Promise<Response>;
  }
  interface StaticHandler {
    query(request: Request): Promise<{ errors: Record<string, { data: unknown }> }>;
    query(request: Request, options: Options): Promise<Response>;
    queryRoute(request: Request, options: Options): Promise<Response>;
  }
  export function createContext(): object;
  export function createRequestHandler(build: object, mode: string): Query;
  export function createStaticHandler(routes: readonly object[]): StaticHandler;
  export function data(data: unknown, init: ResponseInit): unknown;
  export function isRouteErrorResponse(error: unknown): boolean;
  export function redirect(url: string, init?: ResponseInit): Response;
  export function UNSAFE_decodeViaTurboStream(body: unknown, global: object): Promise<{ value: unknown }>;
}
