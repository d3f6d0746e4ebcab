import { Session } from "../../../shared/session/session.ts";
import type { SessionInterface, SessionRequest } from "../../../shared/session/session-interface.ts";
import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";

/** A session interface that keeps nothing: it records its calls and returns a given result. */
export class EchoSessionInterface implements SessionInterface {
  readonly opened: SessionRequest[] = [];
  readonly saved: Session[] = [];
  readonly #answer: SavedSession | Error;

  /** @param answer the result of `save`; an error is thrown instead */
  constructor(answer: SavedSession | Error = { vary: false }) {
    this.#answer = answer;
  }

  async open(request: SessionRequest): Promise<Session> {
    this.opened.push(request);
    const open = () => ({ values: {}, isNew: true });
    return new Session({ open, json: new TaggedJSON(), nowSeconds: () => 0, settings: { permanent: false } });
  }

  async save(session: Session): Promise<SavedSession> {
    if (this.#answer instanceof Error) throw this.#answer;
    this.saved.push(session);
    return this.#answer;
  }
}
