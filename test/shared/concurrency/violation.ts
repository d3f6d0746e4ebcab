import type { History } from "./history.ts";

/** A broken promise. */
export interface Violation {
  /** The promise that was broken. */
  readonly kind: ViolationKind;
  readonly session: string | undefined;
  /** A sentence that says what happened. */
  readonly text: string;
}

/** The promises that can be broken. */
export type ViolationKind =
  | "lost update"
  | "lost increment"
  | "lost flash"
  | "repeated flash"
  | "resurrection"
  | "revoked user alive"
  | "old token alive"
  | "too many sessions"
  | "refused without need"
  | "ended by nobody"
  | "signed out by a race";

/** Returns the violations of one or more promises. */
export type Check = (history: History) => Violation[];
