import type { LogRecord } from "../log/write-log.ts";
import type { RefusalReason } from "./refusals.ts";

/**
 * A sign-in was refused. No record contains a token, a code, a state, an e-mail address or the provider's
 * text.
 */
export interface SignInRefused extends LogRecord {
  readonly level: "WARN" | "ERROR";
  readonly event: "sign_in_refused";
  readonly reason: RefusalReason;
  /** The cause and its remedy, for failures that an operator has to repair. */
  readonly message?: string;
}

/** The session has ended, but the provider was not asked to end its own, or kept tokens were not removed. */
export interface SignOutIncomplete extends LogRecord {
  readonly level: "ERROR";
  readonly event: "sign_out_incomplete";
  readonly reason: RefusalReason;
  readonly message?: string;
}

/** A claim that the application keeps has another type than declared, so it was left out. */
export interface ClaimNotKept extends LogRecord {
  readonly level: "WARN";
  readonly event: "claim_not_kept";
  /** Name of the claim as the application declares it. */
  readonly claim: string;
}

/** A record of a sign-in or a sign-out. */
export type SignInRecord = SignInRefused | SignOutIncomplete | ClaimNotKept;

/** Receives the records of sign-ins and sign-outs, one for each event. */
export type SignInLog = (record: SignInRecord) => void;
