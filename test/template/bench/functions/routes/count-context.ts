import type { Session } from "lambda-sessions";
import type { SessionData } from "../../../../../functions/runtime/session-data.ts";

/** The part of Hono's context that the routes use. */
export interface CountContext {
  readonly req: { param(name: string): string | undefined };
  get(name: "session"): Session<SessionData>;
  json(body: object): Response;
}
