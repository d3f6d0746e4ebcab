import { type Ending, endingsIn } from "./endings.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { changesAfter } from "./writes.ts";

/**
 * A session that is over never comes back, and no change that began afterwards is reported as done. A session that
 * nobody used for its lifetime is over too.
 */
export const resurrections: Check = (history) => {
  const endings = Map.groupBy(endingsIn(history), ({ session }) => session);
  return history.requests.flatMap((request) => {
    const here = request.found === undefined ? [] : (endings.get(request.found) ?? []);
    return [...here.flatMap((ending) => lifeAfter(ending, request, history)), ...overdue(request, history)];
  });
};

function lifeAfter(
  { at, why, isRevocation, isFenced }: Ending,
  request: RequestRecord,
  history: History,
): Violation[] {
  const { number, found: session, sent } = request;
  const kind = isRevocation ? "revoked user alive" : "resurrection";
  const changes = isFenced ? changesAfter(request, at, history) : [];
  const done = changes.map(
    ({ text }) => `#${number} was told that "${text}" was done after the session's end`,
  );
  const found = sent.number > at ? [`#${number} was sent after the session's end, and found it`] : [];
  return [...found, ...done].map((text) => ({ kind, session, text: `${text}: ${why}` }));
}

function overdue(request: RequestRecord, { requests, settings }: History): Violation[] {
  const { number, found: session, sent, opened } = request;
  if (session === undefined) return [];
  const users = requests.filter(
    (one) => one !== request && (one.found === session || sessionAfter(one) === session),
  );
  const earlier = users.filter(({ sent }) => sent.number < opened.number);
  const lastUse = Math.max(...earlier.map(({ saved }) => Math.min(saved.clock, opened.clock)));
  if (sent.clock <= lastUse + settings.lifetime) return [];
  const text = `#${number} found it ${sent.clock - lastUse} seconds after it was last used`;
  return [{ kind: "resurrection", session, text }];
}
