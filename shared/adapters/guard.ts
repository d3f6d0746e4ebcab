import type { UserHandler } from "../lambda/guards/require-user.ts";
import type { HttpEvent } from "../lambda/http-event.ts";
import type { SessionHandler } from "../lambda/with-session.ts";

/** A guard of `lambda-sessions/lambda`: `requireUser`, or `(handler) => requireFresh(300, handler)`. */
export type Guard<D extends object> = (handler: UserHandler<D, HttpEvent>) => SessionHandler<D, HttpEvent>;
