import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import { hasDestroyed } from "./writes.ts";

/** A session is over: somebody was told so, or did it. */
export interface Ending {
  readonly session: string;
  /** The events between which somebody learned it; from the second on it is known. */
  readonly since: number;
  readonly at: number;
  readonly why: string;
  /** Whether all sessions of its user were ended. */
  readonly isRevocation: boolean;
  /** Whether requests that had found it before change nothing any more: known to who ended it. */
  readonly isFenced: boolean;
}

/** A session was bound to a user; it happened between start and end. */
export interface Binding {
  readonly session: string;
  readonly user: string;
  readonly start: number;
  readonly end: number;
}

/** All endings that were acknowledged. */
export function endingsIn(history: History): Ending[] {
  const bindings = bindingsIn(history);
  return history.requests.flatMap((request) => [...toldBy(request), ...revokedBy(request, bindings)]);
}

/** The sign-ins that were acknowledged. */
export function bindingsIn({ requests }: History): Binding[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    const hasSignedIn = request.steps.some(({ verb }) => verb === "sign in");
    const user = request.left.user as string | undefined;
    if (request.outcome !== "saved" || !hasSignedIn || session === undefined || user === undefined) return [];
    return [{ session, user, start: request.sent.number, end: request.saved.number }];
  });
}

/** What the system says when it has ended a session itself, and not only found that it is over. */
const ENDED_NOW: ReadonlySet<string> = new Set(["session_destroyed", "session_revoked", "session_evicted"]);

/** What a request was answered, and what the system said meanwhile. */
function toldBy(request: RequestRecord): Ending[] {
  const { found, outcome, isCleared, number, over } = request;
  const ending = { since: request.sent.number, at: request.saved.number, isRevocation: false };
  const isFenced = hasDestroyed(request) && outcome === "saved";
  const isOver = outcome === "ended" || isCleared || isFenced;
  const own = { ...ending, session: found ?? "", why: `the answer of #${number}`, isFenced };
  const told = over.map(({ session, why }) => {
    return { ...ending, session, why: `${why} in #${number}`, isFenced: ENDED_NOW.has(why) };
  });
  return isOver && found !== undefined ? [own, ...told] : told;
}

function revokedBy({ steps, number }: RequestRecord, bindings: readonly Binding[]): Ending[] {
  return steps.flatMap(({ text, revokes, ends, result, start: since, end: at }): Ending[] => {
    const why = `"${text}" of #${number}`;
    if (ends !== undefined) return [{ session: ends, since, at, why, isRevocation: false, isFenced: true }];
    // Whoever was signed out meanwhile ends nobody else's sessions, and is told that there were none.
    if (revokes === undefined || (revokes.except !== undefined && result === 0)) return [];
    const { user, except } = revokes;
    const theirs = bindings.filter((one) => one.user === user && one.session !== except && one.end < since);
    return theirs.map(({ session }) => ({ session, since, at, why, isRevocation: true, isFenced: false }));
  });
}
