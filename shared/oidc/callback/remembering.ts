import type { Session } from "../../session/session.ts";
import { type ResolvedSettings, storesCreated } from "../../session/session-settings.ts";
import { isStepUp, type SignInRequest } from "../start/sign-in-request.ts";

/** Decides which sign-ins begin or continue a remembered session. */
export class Remembering {
  readonly #settings: ResolvedSettings;

  constructor(settings: ResolvedSettings) {
    this.#settings = settings;
  }

  /**
   * Returns whether the session is remembered after a sign-in: if the visitor asks for it, or if it was
   * before a step-up. Without a stored time of creation, as with `flask`, no session can be remembered.
   */
  applies(session: Session, request: SignInRequest): boolean {
    if (!storesCreated(this.#settings)) return false;
    return request.remember === true || (isStepUp(request) && this.#isRemembered(session));
  }

  #isRemembered(session: Session): boolean {
    const { rememberFor, permanent } = this.#settings;
    return session.user !== undefined && session.permanent && !permanent && session.lifetime === rememberFor;
  }
}
