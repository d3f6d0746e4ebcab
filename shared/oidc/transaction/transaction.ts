import { hashIdentifier } from "../../crypto/identifiers.ts";
import type { OidcClient } from "../provider/oidc-client.ts";
import type { SignInRequest } from "../start/sign-in-request.ts";

/** Seconds within which the provider's response must arrive. */
export const TRANSACTION_LIFETIME = 600;

/**
 * A sign-in under way, in a sealed cookie of the browser that began it. Its verifier and nonce bind the
 * provider's response to this browser.
 */
export interface Transaction {
  /** Id of the sign-in, which its state has too. */
  readonly id: string;
  /** PKCE code verifier (RFC 7636). */
  readonly verifier: string;
  readonly nonce: string;
  /**
   * Hash of the issuer and the client's id, so that no response of another provider completes the sign-in.
   */
  readonly provider: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** True if it replaces an earlier sign-in whose transaction was deleted. */
  readonly isRestart: boolean;
}

/**
 * The sealed `state` of an authorization request. It carries the wishes of the sign-in, so that a browser
 * whose transaction is gone still arrives where it wanted to go.
 */
export interface SignInState {
  readonly id: string;
  readonly request: SignInRequest;
  readonly isRestart: boolean;
}

/** Returns the hash that a transaction keeps of its provider. */
export function hashProvider(issuer: string, { clientId }: OidcClient): string {
  return hashIdentifier(JSON.stringify([issuer, clientId]));
}
