/** Sessions for functions that stream their responses. */
export type { BodyChunk, StreamBody } from "./adapters/streaming/stream-body.ts";
export {
  type StreamingHandler,
  type StreamResult,
  streamSession,
} from "./adapters/streaming/stream-session.ts";
