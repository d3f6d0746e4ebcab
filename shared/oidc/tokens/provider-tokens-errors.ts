import type { TokensEndReason } from "./provider-tokens-log.ts";

const PROBLEMS = {
  off: "keepTokens: is not true, so no tokens of the provider are kept; set keepTokens to true",
  no_user: "accessToken: no user is signed in; wrap the handler in requireUser",
  not_kept:
    "accessToken: the session has no tokens, because its user signed in without the provider, or before " +
    "keepTokens was true; the user has to sign in again",
} as const;

/** A handler asked for an access token of a session that has none. */
export class NoProviderTokensError extends Error {
  override readonly name = "NoProviderTokensError";
  /** The cause: `off`, `no_user` or `not_kept`. */
  readonly reason: keyof typeof PROBLEMS;

  constructor(reason: keyof typeof PROBLEMS) {
    super(PROBLEMS[reason]);
    this.reason = reason;
  }
}

/**
 * The provider's tokens cannot be used any more, so the session was signed out. A handler that does not catch
 * it is answered as by `requireUser`.
 */
export class ProviderTokensEndedError extends Error {
  override readonly name = "ProviderTokensEndedError";
  readonly reason: TokensEndReason;

  constructor(reason: TokensEndReason) {
    super(`the provider's tokens cannot be used any more (${reason}), so the session was signed out`);
    this.reason = reason;
  }
}
