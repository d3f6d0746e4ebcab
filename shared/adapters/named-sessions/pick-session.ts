import type { HttpEvent } from "../../lambda/http-event.ts";
import type { SessionHandler, WithSession } from "../../lambda/with-session.ts";
import { OptionError } from "../../options/option-error.ts";
import { Session } from "../../session/session.ts";
import {
  type DataByName,
  type NamedSessions,
  sessionNames,
  type WithSessions,
} from "./create-with-sessions.ts";

/** One of several sessions, for adapters of frameworks, and the way to the others. */
export interface PickedSession<S extends DataByName<S>, Name extends keyof S> {
  /** Wraps a handler that receives this session. Adapters of frameworks take it. */
  readonly withSession: WithSession<S[Name]>;
  /**
   * Returns all sessions of the request that has opened this one.
   *
   * @throws TypeError for a session that this `withSession` has not opened
   */
  readonly sessionsOf: (session: Session<S[Name]>) => NamedSessions<S>;
}

/**
 * Picks the session that adapters of frameworks pass on, such as the one with the user, which guards need.
 * All sessions of the request are opened and saved. `accessed` of the picked one is true if any was used.
 *
 * @throws OptionError that names the argument
 */
export function pickSession<S extends DataByName<S>, Name extends keyof S>(
  withSessions: WithSessions<S>,
  name: Name,
): PickedSession<S, Name> {
  const names = sessionNames.get(withSessions);
  if (!names) throw new OptionError("withSessions", "must be the result of createWithSessions");
  if (!names.includes(`${String(name)}`)) throw new OptionError("name", `must be one of ${names.join(", ")}`);
  const opened = new WeakMap<Session<S[Name]>, NamedSessions<S>>();
  return {
    withSession: <E extends HttpEvent>(handler: SessionHandler<S[Name], E>) =>
      withSessions<E>((event, sessions, context) => {
        const session = sessions[name];
        opened.set(session, sessions);
        // Adapters ask the picked session whether the response to an error may depend on the cookies.
        Object.defineProperty(session, "accessed", { get: () => isAnyAccessed(sessions) });
        return handler(event, session, context);
      }),
    sessionsOf(session) {
      const sessions = opened.get(session);
      if (sessions !== undefined) return sessions;
      throw new TypeError("sessionsOf: the session must be one that this withSession has opened");
    },
  };
}

/** Returns whether one of the sessions was used, by the getter of the class. */
function isAnyAccessed(sessions: object): boolean {
  return Object.values(sessions).some((each) => Reflect.get(Session.prototype, "accessed", each));
}
