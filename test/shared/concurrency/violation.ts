import type { History } from "./history.ts";

/** Something that happened and must not. */
export interface Violation {
  /** Which promise was broken. */
  readonly kind: ViolationKind;
  readonly session: string | undefined;
  /** What happened, in a sentence. */
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

/** Looks for violations of one kind or some. */
export type Check = (history: History) => Violation[];
