import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpEvent } from "../../lambda/http-event.ts";
import { addSession, type HandlerResult, type HttpResult } from "../../lambda/http-result.ts";
import { createWithSession, type LambdaHandler, type WithSessionOptions } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { closeSession, openedWith, type SavedSession, settleSession } from "../../session/session-outcome.ts";
import type { Storable } from "../../values/session-value.ts";
import { ONE_COOKIE, sendsOneCookie } from "../one-cookie.ts";
import { JointSession } from "./joint-session.ts";
import { JointSessionInterface } from "./joint-session-interface.ts";
import { type NamedSessionInterfaces, namedSessionsOf } from "./name-sessions.ts";

/** The options that all handlers of an application share. */
export interface WithSessionsOptions<Name extends string>
  extends Omit<WithSessionOptions, "sessionInterface"> {
  /** Opens and saves the sessions: the result of `nameSessions`. */
  readonly sessions: NamedSessionInterfaces<Name>;
}

/** The data of each session, by its name. */
export type DataByName<S> = Record<keyof S, object>;

/** The sessions of a request. `S` declares the data of each session by its name. */
export type NamedSessions<S extends DataByName<S>> = {
  readonly [Name in keyof S]: Session<S[Name]>;
};

/** A handler that receives the event and the visitor's sessions. */
export type SessionsHandler<S extends DataByName<S>, E extends HttpEvent> = (
  event: E,
  sessions: NamedSessions<S>,
  context: Context,
) => HandlerResult | Promise<HandlerResult>;

/** Wraps a handler that receives the sessions. For payload 1.0: `withSessions<APIGatewayProxyEvent>(…)`. */
export type WithSessions<S extends DataByName<S>> = <E extends HttpEvent = APIGatewayProxyEventV2>(
  handler: SessionsHandler<S, E>,
) => LambdaHandler<E>;

/**
 * Creates an application's `withSessions`, which does for several sessions what `createWithSession` does for
 * one. `S` declares the data of each session by its name.
 *
 * The sessions are opened in parallel and saved in parallel, each for itself. If one cannot be saved, the
 * response is its refusal, and carries the cookies of the sessions that were saved.
 *
 * @throws OptionError that names the option
 */
export function createWithSessions<S extends DataByName<S>>(
  options: WithSessionsOptions<keyof S & string>,
): Checked<S> {
  const { sessions, ...others } = Object(options) as WithSessionsOptions<keyof S & string>;
  const sessionInterface = new JointSessionInterface(namedSessionsOf(sessions));
  const withSession = createWithSession({ ...others, sessionInterface });
  const withSessions: WithSessions<S> = (handler) => {
    // Throws if it is no function.
    withSession(handler as never);
    return async (event, context) => {
      if (sendsOneCookie(event)) throw new Error(ONE_COOKIE);
      let joint: JointSession | undefined;
      const inner = withSession<typeof event>(async (_event, session) => {
        joint = openedWith(session, JointSession) as JointSession;
        const result = await handler(event, joint.toRecord() as NamedSessions<S>, context);
        await settleAll(joint);
        return result;
      });
      try {
        const result = await inner(event, context);
        return joint?.saved ? addSaved(event, result, joint.saved) : result;
      } finally {
        for (const each of joint?.opened ?? []) await closeSession(each.session);
      }
    };
  };
  sessionNames.set(withSessions, Object.keys(sessions));
  return withSessions as Checked<S>;
}

/** Waits for all sessions until a pass finds no write, because one may begin while another is waited for. */
async function settleAll({ opened }: JointSession): Promise<void> {
  let writes: number;
  do {
    writes = 0;
    for (const { session } of opened) writes += await settleSession(session);
  } while (writes > 0);
}

/** Names of the sessions of each `withSessions`. */
export const sessionNames = new WeakMap<object, readonly string[]>();

/** Adds the headers of the sessions that were saved to the refusal of another one. */
function addSaved(event: HttpEvent, refusal: HttpResult, saved: SavedSession): HttpResult {
  if (!saved.setCookie) return addSession(event, refusal, saved);
  // The refusal's own value may be that of a response without a cookie.
  const { "cache-control": _, ...headers } = refusal.headers ?? {};
  return addSession(event, { ...refusal, headers }, saved);
}

/** `WithSessions<S>`, or an object that names the sessions of `S` with a type that a session cannot store. */
type Checked<S extends DataByName<S>> = [UnstorableName<S>] extends [never]
  ? WithSessions<S>
  : { readonly problem: `a session cannot store the data of ${UnstorableName<S>}` };

type UnstorableName<S extends DataByName<S>> = {
  [Name in keyof S]: S[Name] extends Storable<S[Name]> ? never : Name;
}[keyof S] &
  string;
