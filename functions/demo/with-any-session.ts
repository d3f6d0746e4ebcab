import type { AnyData } from "lambda-sessions";
import type { WithSession } from "lambda-sessions/lambda";
import { withSession } from "../runtime/session.ts";

/**
 * Wraps a handler like `withSession`, but without the application's types: visitors choose the names of their
 * entries, and the demo must compile with any `SessionData`.
 */
export const withAnySession = withSession as unknown as WithSession<AnyData>;
