import { type Ending, endingsIn } from "./endings.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { changesAfter, hasDestroyed, hasWritten, isStoredAtOnce, stepsOnFound } from "./writes.ts";

/** The keys of data that only `set`, `delete` and changes inside a value change. */
const DATA = ["a", "b", "c", "list"];

/**
 * Checks that a session that has ended is never restored, and that no change that began afterwards is
 * reported as done. A session that was not used for its lifetime has ended too.
 */
export const resurrections: Check = (history) => {
  const endings = Map.groupBy(endingsIn(history), ({ session }) => session);
  return history.requests.flatMap((request) => {
    const { found: session } = request;
    if (session === undefined) return [];
    const here = (endings.get(session) ?? []).filter((ending) => isCertain(ending, history));
    const overdue = overdueIn(request, session, history);
    const late = overdue.map((text) => ({ kind: "resurrection", session, text }) as const);
    const fenced = here.filter(({ isFenced, at }) => isFenced && at < request.closed.number);
    const copied = fenced.flatMap((ending) => copiesAfter(ending, request, history));
    return [...here.flatMap((ending) => lifeAfter(ending, request, history)), ...late, ...copied];
  });
};

/**
 * Returns whether a session is surely over: a write sent before it expired may still arrive and extend it.
 */
function isCertain({ session, since, at, isFenced, isRevocation }: Ending, { requests }: History): boolean {
  if (isFenced || isRevocation) return true;
  const others = requests.filter(({ found, sent, saved }) => {
    return found === session && sent.number < at && sent.number !== since && saved.number > since;
  });
  return others.length === 0;
}

function lifeAfter(ending: Ending, request: RequestRecord, history: History): Violation[] {
  const { number, found: session, sent } = request;
  const kind = ending.isRevocation ? "revoked user alive" : "resurrection";
  const changes = ending.isFenced ? changesAfter(request, ending.at, history) : [];
  const done = changes.map(({ text }) => `#${number} got "${text}" reported as done after the end`);
  const found = sent.number > ending.at ? [`#${number} was sent after the end, and found the session`] : [];
  return [...found, ...done].map((text) => ({ kind, session, text: `${text}: ${ending.why}` }));
}

/** Checks that a sign-in in a session that has ended begins a new one without the data of the old one. */
function copiesAfter({ why }: Ending, request: RequestRecord, { requests }: History): Violation[] {
  const session = sessionAfter(request);
  if (session === request.found || hasDestroyed(request)) return [];
  const heirs = requests.filter(({ found }) => found === session);
  const foreign = DATA.filter((key) => request.seen[key] !== undefined && !hasWritten(request, key));
  return heirs.flatMap(({ seen, number }) => {
    const keys = foreign.filter((key) => JSON.stringify(seen[key]) === JSON.stringify(request.seen[key]));
    const text = `#${number} found ${keys.join(", ")} of a session that was over before #${request.number}: ${why}`;
    return keys.length === 0 ? [] : [{ kind: "resurrection", session: request.found, text }];
  });
}

function overdueIn(request: RequestRecord, session: string, history: History): string[] {
  const { number, sent, opened, closed } = request;
  const isOverdue = (clock: number, event: number): boolean =>
    clock > lastUse(session, { clock, event }, request, history) + history.settings.lifetime;
  const changes = changesAfter(request, closed.number - 1, history);
  return [
    ...(isOverdue(sent.clock, opened.number) ? [`#${number} found it after it had expired`] : []),
    ...(changes.length > 0 && isOverdue(closed.clock, closed.number)
      ? [`#${number} changed it after it had expired`]
      : []),
  ];
}

/** Returns the latest clock at which a session may have been used before an event. */
function lastUse(
  session: string,
  { clock, event }: { readonly clock: number; readonly event: number },
  request: RequestRecord,
  history: History,
): number {
  const others = history.requests.filter(
    (one) => one !== request && (one.found === session || sessionAfter(one) === session),
  );
  const earlier = others.filter(({ sent }) => sent.number < event);
  const own = stepsOnFound(request).filter(
    (step) => isStoredAtOnce(step, request, history) && !step.hasFailed && step.end < event,
  );
  return Math.max(
    ...earlier.map(({ saved }) => Math.min(saved.clock, clock)),
    ...own.map((step) => step.clock),
  );
}
