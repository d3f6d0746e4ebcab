/** Requests from other origins (CORS), for gateways that do not answer them themselves. */
export { CORS_DEFAULTS, type CorsOptions } from "./adapters/cors/cors-options.ts";
export { withCors } from "./adapters/cors/with-cors.ts";
