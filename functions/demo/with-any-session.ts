import type { AnyData } from "lambda-sessions";
import type { WithSession } from "lambda-sessions/lambda";
import { withSession } from "../runtime/session.ts";

/**
 * `withSession` without the application's types: visitors of the demo choose the names of their entries, and the demo
 * compiles whatever `SessionData` declares.
 */
export const withAnySession = withSession as unknown as WithSession<AnyData>;
