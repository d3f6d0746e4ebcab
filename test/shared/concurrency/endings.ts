import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import { hasDestroyed } from "./writes.ts";

/** The known end of a session: reported to a request, or caused by it. */
export interface Ending {
  readonly session: string;
  /** The events between which a request learned of it; from `at` on it is known. */
  readonly since: number;
  readonly at: number;
  readonly why: string;
  /** True if all sessions of its user were ended. */
  readonly isRevocation: boolean;
  /** True if requests that found it before can change nothing any more. */
  readonly isFenced: boolean;
}

/** The binding of a session to a user, between `start` and `end`. */
export interface Binding {
  readonly session: string;
  readonly user: string;
  readonly start: number;
  readonly end: number;
}

/** Returns all acknowledged endings. */
export function endingsIn(history: History): Ending[] {
  const bindings = bindingsIn(history);
  return history.requests.flatMap((request) => [...reportedBy(request), ...revokedBy(request, bindings)]);
}

/** Returns all acknowledged sign-ins. */
export function bindingsIn({ requests }: History): Binding[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    const hasSignedIn = request.steps.some(({ verb }) => verb === "sign in");
    const user = request.left.user as string | undefined;
    if (request.outcome !== "saved" || !hasSignedIn || session === undefined || user === undefined) return [];
    return [{ session, user, start: request.sent.number, end: request.saved.number }];
  });
}

/** The events of a system that ended a session, and did not only find that it has ended. */
const ENDED_NOW: ReadonlySet<string> = new Set(["session_destroyed", "session_revoked", "session_evicted"]);

/** Returns the endings in the response and in the log of a request. */
function reportedBy(request: RequestRecord): Ending[] {
  const { found, outcome, isCleared, number, over } = request;
  const ending = { since: request.sent.number, at: request.saved.number, isRevocation: false };
  const isFenced = hasDestroyed(request) && outcome === "saved";
  const isOver = outcome === "ended" || isCleared || isFenced;
  const own = { ...ending, session: found ?? "", why: `the response to #${number}`, isFenced };
  const reported = over.map(({ session, why }) => {
    return { ...ending, session, why: `${why} in #${number}`, isFenced: ENDED_NOW.has(why) };
  });
  return isOver && found !== undefined ? [own, ...reported] : reported;
}

function revokedBy({ steps, number }: RequestRecord, bindings: readonly Binding[]): Ending[] {
  return steps.flatMap(({ text, revokes, ends, result, start: since, end: at }): Ending[] => {
    const why = `"${text}" of #${number}`;
    if (ends !== undefined) return [{ session: ends, since, at, why, isRevocation: false, isFenced: true }];
    // A request that was signed out meanwhile ends no other session, and gets 0 as the number.
    if (revokes === undefined || (revokes.except !== undefined && result === 0)) return [];
    const { user, except } = revokes;
    const own = bindings.filter((one) => one.user === user && one.session !== except);
    // A sign-in that is under way may be saved later, and its session stays, also if the user had it before.
    const late = own.filter((one) => one.start < at && one.end > since).map(({ session }) => session);
    const theirs = own.filter((one) => one.end < since && !late.includes(one.session));
    return theirs.map(({ session }) => ({ session, since, at, why, isRevocation: true, isFenced: false }));
  });
}
