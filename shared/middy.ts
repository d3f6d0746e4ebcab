/** Sessions for handlers with middlewares of Middy. */
export { type MiddyRequest, type MiddySession, middySession } from "./adapters/middy/middy-session.ts";
export { RefusalError } from "./adapters/middy/refusal-error.ts";
