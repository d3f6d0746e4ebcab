import { Session } from "../../session/session.ts";
import {
  SessionNotSavedError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "../../session/session-errors.ts";
import type { SessionInterface, SessionRequest } from "../../session/session-interface.ts";
import { openedWith, type SavedSession } from "../../session/session-outcome.ts";
import { JointSession, type OpenedByName } from "./joint-session.ts";
import type { NamedSession } from "./name-sessions.ts";

/** Opens and saves several sessions as if they were one, so that `withSession` serves all of them. */
export class JointSessionInterface implements SessionInterface {
  readonly #sessions: readonly NamedSession[];

  /** @param sessions with cookies and salts that differ */
  constructor(sessions: readonly NamedSession[]) {
    this.#sessions = sessions;
  }

  async open(request: SessionRequest): Promise<Session> {
    const opening = this.#sessions.map(async (named): Promise<OpenedByName> => {
      return { ...named, session: await named.sessionInterface.open(request) };
    });
    return new Session(new JointSession(await Promise.all(opening)));
  }

  /**
   * Saves the sessions in parallel. One that cannot be saved does not hold up the others, whose headers are
   * kept for its refusal. Of several errors the gravest is thrown.
   */
  async save(session: Session, request: SessionRequest): Promise<SavedSession> {
    const joint = openedWith(session, JointSession) as JointSession;
    if (joint.opened.some((each) => each.session.modified)) session.renew();
    const saves = await Promise.allSettled(joint.opened.map((each) => saveOne(each, request)));
    const saved = saves.flatMap((save) => ("value" in save ? [save.value] : []));
    const errors = saves.flatMap((save) => ("reason" in save ? [save.reason as unknown] : []));
    if (errors.length === 0) return join(saved);
    const [gravest, ...others] = errors.sort((one, other) => mildnessOf(one) - mildnessOf(other));
    joint.saved = join([...saved, ...others.flatMap(savedIn)]);
    throw gravest;
  }
}

async function saveOne(
  { name, cookieName, sessionInterface, session }: OpenedByName,
  request: SessionRequest,
): Promise<SavedSession> {
  const saved = await sessionInterface.save(session, request);
  if (!saved.setCookie || saved.setCookie.startsWith(`${cookieName}=`)) return saved;
  throw new Error(`the session interface of ${name} must use the settings that nameSessions passes`);
}

/** Errors of a save, the gravest first. All others are graver still. */
const ERRORS = [SessionUnavailableError, SessionTooLargeError, SessionNotSavedError];

function mildnessOf(error: unknown): number {
  return ERRORS.findIndex((kind) => error instanceof kind);
}

/** Returns the headers that a refusal carries. */
function savedIn(error: unknown): SavedSession[] {
  return error instanceof SessionNotSavedError ? [error.saved] : [];
}

/** Returns the headers of several sessions as those of one, with all their cookies. */
function join(saved: readonly SavedSession[]): SavedSession {
  const vary = saved.some((one) => one.vary);
  const cookies = saved.flatMap(({ deletions = [], setCookie }) =>
    setCookie ? [...deletions, setCookie] : [],
  );
  const setCookie = cookies.pop();
  return setCookie ? { deletions: cookies, setCookie, vary } : { vary };
}
