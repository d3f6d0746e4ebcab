// Declares the frameworks of lambda-sessions/node and /middy, so that the type check does not need them
// installed. The examples of the pages are checked with the frameworks' own types.

declare module "compression";
declare module "@fastify/cors";
declare module "@fastify/middie";
declare module "@middy/core";
declare module "@middy/core/StreamifyResponse";
declare module "@middy/http-cors";
declare module "@middy/http-error-handler";
