/** Sessions for servers of Node: Express, Fastify and `node:http`, with many requests in parallel. */
export type { Guard } from "./adapters/guard.ts";
export type { NodeRequest, RequestLike, ResponseLike } from "./adapters/node/node-message.ts";
export {
  type NextHandler,
  type NodeMiddleware,
  type NodeSession,
  nodeSession,
} from "./adapters/node/node-session.ts";
