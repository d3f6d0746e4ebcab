import type { ClaimTypes, KeptClaims } from "lambda-sessions/oidc";

/**
 * Claims of the identity provider that a session keeps with `signIn=oidc`, and their types: `string`,
 * `boolean`, `number` or `strings`. Each may be absent. Make them yours.
 */
export const CLAIMS = { email: "string", email_verified: "boolean" } as const satisfies ClaimTypes;

/** The data of this application's sessions: their keys and the types of their values. Make it yours. */
export interface SessionData {
  /** Stored by `GET /set`, shown by `GET /get`. */
  key: string;
  /** Number of calls of `GET /visits`. */
  visits: number;
  /** The claims named above, as the provider stated them at the last sign-in. */
  claims: KeptClaims<typeof CLAIMS>;
}
