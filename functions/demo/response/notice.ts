/**
 * What was done, by the word that stands for it in the query of a redirect. It is told this way, and not as a flash, where
 * what was done must not fail because the message does not fit into the session.
 */
const NOTICES = {
  deleted: "The entry is deleted.",
  absent: "There was no such entry.",
  ended: "That session has ended.",
  others: "All your other sessions have ended.",
  all: "All your sessions have ended.",
  /** The refusal itself says so. */
  flipped: undefined,
  restored: "The bit was flipped back.",
} as const;

/** A word that stands for what was done. */
export type Done = keyof typeof NOTICES;

/** Where the page is that tells what was done. */
export function toThePage(done: Done): string {
  return `/demo?done=${done}`;
}

/** The word in a query; `undefined` for any that is not known. Anybody may have written it. */
export function readDone({ done = "" }: Readonly<Record<string, string | undefined>> = {}): Done | undefined {
  return Object.hasOwn(NOTICES, done) ? (done as Done) : undefined;
}

/** Returns the sentence for what was done, unless the page shows it anyway. */
export function noticeOf(done: Done): string | undefined {
  return NOTICES[done];
}
