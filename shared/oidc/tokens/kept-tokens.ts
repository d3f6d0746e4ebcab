/** The tokens of a provider that are kept for one session. Times are seconds since the epoch. */
export interface KeptTokens {
  readonly accessToken: string;
  /** Time from which the lifetime of the access token is counted. */
  readonly issuedAt: number;
  /** Time at which the access token expires. */
  readonly expiresAt: number;
  /** Absent if the provider issued none. */
  readonly refreshToken?: string;
  /**
   * Time at which the refresh token was marked as spent, which happens before it is sent. Absent if it was
   * never sent.
   */
  readonly spentAt?: number;
  /** Time at which the next refresh may be tried, if the provider could not answer the last one. */
  readonly retryAt?: number;
  /** Issuer of the client that received the tokens. A refresh token is sent to no other one. */
  readonly issuer: string;
  /** Claims `iss` and `sub` of the ID token, which no refresh may change (OpenID Connect Core 1.0, 12.2). */
  readonly subject: Subject;
  /** Last second in which the session can be used. */
  readonly endsAt: number;
}

/** Person at a provider, in the words of an ID token. */
export interface Subject {
  readonly iss: string;
  readonly sub: string;
}

/** The parts of a token response (RFC 6749, section 5.1) that are kept. */
export interface TokenResponse {
  readonly access_token: string;
  /** Lifetime of the access token in seconds. */
  readonly expires_in?: number | undefined;
  readonly refresh_token?: string | undefined;
}

/** Lifetime of an access token if the provider does not state it, in seconds. */
const UNSTATED_LIFE = 3600;

/** Seconds before its expiry in which an access token is refreshed at the latest. */
const LEAST_RESERVE = 30;

/**
 * Seconds after which a refresh counts as lost. It is longer than a request of API Gateway can take. No
 * refresh token depends on it: the tokens of a slower refresh are not stored.
 */
const LONGEST_REFRESH = 60;

/** Returns the tokens of a response that was requested at a time. */
export function toKeptTokens(
  { access_token, expires_in, refresh_token }: TokenResponse,
  session: Pick<KeptTokens, "issuer" | "subject" | "endsAt">,
  requestedAt: number,
): KeptTokens {
  const { issuer, subject, endsAt } = session;
  // A token that nobody can refresh is used as long as the session, because nothing else is known.
  const unstated = refresh_token === undefined ? endsAt - requestedAt : UNSTATED_LIFE;
  return {
    accessToken: access_token,
    issuedAt: requestedAt,
    expiresAt: requestedAt + Math.floor(expires_in ?? unstated),
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    issuer,
    subject,
    endsAt,
  };
}

/** Returns whether the access token has not expired. */
export function isValid({ expiresAt }: KeptTokens, now: number): boolean {
  return now < expiresAt;
}

/** Returns whether the refresh token is to be marked as spent and sent now. */
export function isRefreshDue(tokens: KeptTokens, now: number): boolean {
  const { refreshToken, spentAt, retryAt = 0 } = tokens;
  return refreshToken !== undefined && spentAt === undefined && retryAt <= now && isAging(tokens, now);
}

/**
 * Returns whether less than a fifth of the access token's life is left, or less than 30 seconds. For a life
 * of less than a minute, half of it is enough.
 */
function isAging({ issuedAt, expiresAt }: KeptTokens, now: number): boolean {
  const life = expiresAt - issuedAt;
  const reserve = Math.max(life / 5, Math.min(LEAST_RESERVE, life / 2));
  return expiresAt - now < reserve || now >= expiresAt;
}

/** Returns whether no instance can be waiting for the response to a spent refresh token any more. */
export function isLost({ spentAt = 0 }: KeptTokens, now: number): boolean {
  return Math.abs(now - spentAt) > LONGEST_REFRESH;
}

/** Returns the tokens with the refresh token marked as spent. */
export function markSpent(tokens: KeptTokens, now: number): KeptTokens {
  return { ...tokens, spentAt: now };
}

/** Returns the tokens without the mark, for a refresh token that the provider did not use. */
export function takeMarkBack({ spentAt: _, ...tokens }: KeptTokens, retryAt: number): KeptTokens {
  return { ...tokens, retryAt };
}

/**
 * Returns the tokens after a refresh. A response without a refresh token leaves the previous one valid (RFC
 * 6749, section 6), so the mark is removed with the same write.
 */
export function toRefreshed(
  tokens: KeptTokens,
  { refresh_token = tokens.refreshToken, ...response }: TokenResponse,
  requestedAt: number,
): KeptTokens {
  return toKeptTokens({ ...response, refresh_token }, tokens, requestedAt);
}
