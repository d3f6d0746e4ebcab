/** Parts for an adapter of your own, which gives the session to a framework. */
export { type PlainRequest, toPlainEvent } from "./adapters/plain-event.ts";
export { openExchange, type Refused, type SessionExchange } from "./adapters/session-exchange.ts";
