/** A session of an identity provider with a user, or all of them. */
export interface ProviderSession {
  /** The provider (`iss`), exactly as it was passed to `signIn`. */
  readonly issuer: string;
  /** The provider's id of the session (`sid`). Default: all its sessions with the user. */
  readonly sessionId?: string | undefined;
}

/** Key of the list of a user's sessions: the hash of the user's id. */
export interface UserKey {
  readonly userKey: string;
}
