/**
 * Sentences for completed actions, by the word that names the action in the query of a redirect. The query
 * carries it instead of a flash, because the action must succeed even if a flash does not fit into the
 * session.
 */
const NOTICES = {
  deleted: "The entry is deleted.",
  absent: "There was no such entry.",
  ended: "That session has ended.",
  others: "All your other sessions have ended.",
  all: "All your sessions have ended.",
  /** Shown by the refusal itself. */
  flipped: undefined,
  restored: "The bit was flipped back.",
} as const;

/** Word that names a completed action. */
export type Done = keyof typeof NOTICES;

/** Returns the address of the page that shows the sentence of a completed action. */
export function toPageAddress(done: Done): string {
  return `/demo?done=${done}`;
}

/**
 * Reads a completed action from query parameters. Anybody can write them, so unknown words return
 * `undefined`.
 */
export function readDone({ done = "" }: Readonly<Record<string, string | undefined>> = {}): Done | undefined {
  return Object.hasOwn(NOTICES, done) ? (done as Done) : undefined;
}

/** Returns the sentence of a completed action, or `undefined` if the page shows it elsewhere. */
export function findNotice(done: Done): string | undefined {
  return NOTICES[done];
}
