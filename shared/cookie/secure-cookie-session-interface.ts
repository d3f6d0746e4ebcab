import type { Session } from "../session/session.ts";
import { outcomeOf } from "../session/session.ts";
import type { SessionInterface, SessionRequest } from "../session/session-interface.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { CookieOpener, type SecureCookieOptions } from "./cookie-opener.ts";
import type { CookieSession } from "./cookie-session.ts";
import { SessionContexts } from "./session-contexts.ts";

/** Keeps each session in a signed cookie (Flask, `SecureCookieSessionInterface`): no store, no network call. */
export class SecureCookieSessionInterface implements SessionInterface {
  readonly #opener: CookieOpener;
  readonly #contexts = new SessionContexts<CookieSession>();

  /** @throws OptionError that names the option */
  constructor(options: SecureCookieOptions) {
    this.#opener = new CookieOpener(options);
  }

  async open(request: SessionRequest): Promise<Session> {
    const cookie = await this.#opener.open(request);
    return cookie === undefined ? this.#contexts.openNull() : this.#contexts.open(cookie.options, cookie);
  }

  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const cookie = this.#contexts.of(session);
    if (cookie === undefined) return { vary: false };
    const outcome = outcomeOf(session);
    const saved = cookie.save(outcome, request.cookies.length > 0);
    if (outcome.status === "changed" && (outcome.cleared || cookie.opened.isNew))
      cookie.context.log({ level: "INFO", event: "session_began" });
    return saved;
  }
}
