import type { History, RequestRecord } from "./history.ts";
import type { Token } from "./session-system.ts";
import type { Check, Violation } from "./violation.ts";
import { changesAfter } from "./writes.ts";

/** Seconds for which the previous token opens the session after the first use of the new one. */
const GRACE = 10;

/** The token that each token replaced. */
type Parents = ReadonlyMap<string, string>;

/**
 * Checks that after a change of privilege only the new token and its successors open the session, and that
 * requests with the old one change nothing. After a periodic renewal the old token opens it until `GRACE`
 * seconds after the first use of the new one.
 */
export const oldTokens: Check = (history) => {
  const parents = parentsIn(history);
  return history.requests.filter(isRenewal).flatMap((renewal) => {
    const requests = history.requests.filter(({ found }) => found === renewal.found);
    const others = requests.filter(({ shown }) => !descends(shown, renewal.issued, parents));
    return others.flatMap((request) => problemsAfter(renewal, request, history));
  });
};

function problemsAfter(renewal: RequestRecord, request: RequestRecord, history: History): Violation[] {
  const { number, found: session, sent } = request;
  const after = `the renewal by #${renewal.number}`;
  const isChange = renewal.steps.some(({ renews }) => renews);
  const isLate = isChange
    ? sent.number > renewal.saved.number
    : sent.clock > firstUse(renewal, history) + GRACE;
  const found = isLate ? [`#${number} found the session with a token from before ${after}`] : [];
  const changes = isChange ? changesAfter(request, renewal.saved.number, history) : [];
  const done = changes.map((step) => `#${number} got "${step.text}" reported as done after ${after}`);
  return [...found, ...done].map((text) => ({ kind: "old token alive", session, text }));
}

/**
 * Returns the clock at the first use of a token, by one request or several in parallel; infinity if the
 * previous token was renewed again before.
 */
function firstUse({ issued, shown }: RequestRecord, { requests }: History): number {
  const uses = requests.filter((one) => one.shown?.token === issued?.token && one.outcome === "saved");
  const first = Math.min(...uses.map(({ saved }) => saved.number));
  const siblings = requests.filter((one) => isRenewal(one) && one.shown?.token === shown?.token);
  const rivals = siblings.filter((one) => one.issued?.token !== issued?.token && one.sent.number < first);
  if (uses.length === 0 || rivals.length > 0) return Number.POSITIVE_INFINITY;
  return Math.max(...uses.filter(({ sent }) => sent.number < first).map(({ saved }) => saved.clock));
}

function isRenewal({ outcome, found, issued, shown }: RequestRecord): boolean {
  return (
    outcome === "saved" && issued !== undefined && issued.session === found && issued.token !== shown?.token
  );
}

function parentsIn({ requests }: History): Parents {
  const renewals = requests.filter(isRenewal);
  return new Map(renewals.map(({ issued, shown }) => [issued?.token ?? "", shown?.token ?? ""]));
}

function descends(token: Token | undefined, from: Token | undefined, parents: Parents): boolean {
  for (let one = token?.token; one !== undefined; one = parents.get(one))
    if (one === from?.token) return true;
  return false;
}
