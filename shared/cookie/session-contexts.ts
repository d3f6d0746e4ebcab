import { nullSession } from "../session/null-session.ts";
import type { SessionOptions } from "../session/opened-session.ts";
import { Session } from "../session/session.ts";

/** Opens the sessions of one session interface, and remembers what each of them is saved with. */
export class SessionContexts<Context> {
  readonly #contexts = new WeakMap<Session, Context | undefined>();

  /** Returns a session that is saved with this context. */
  open(options: SessionOptions, context: Context): Session {
    const session = new Session(options);
    this.#contexts.set(session, context);
    return session;
  }

  /** Returns the session for an application without a secret key. It is never saved. */
  openNull(): Session {
    const session = nullSession();
    this.#contexts.set(session, undefined);
    return session;
  }

  /**
   * Returns what a session is saved with; `undefined` if it is not to be saved.
   *
   * @throws TypeError for a session that another session interface has opened
   */
  of(session: Session): Context | undefined {
    if (this.#contexts.has(session)) return this.#contexts.get(session);
    throw new TypeError("this session was opened by another session interface, so it cannot be saved here");
  }
}
