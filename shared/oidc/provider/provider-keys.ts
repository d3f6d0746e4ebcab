import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from "jose";
import type { CustomFetch } from "openid-client";
import { KeyCache } from "../../keys/key-cache.ts";
import { ProviderError, toProviderError } from "./provider-error.ts";

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Options of the provider's keys. */
export interface ProviderKeysOptions {
  /** Returns the address of the keys, the metadata's `jwks_uri`. */
  readonly address: () => Promise<string>;
  readonly fetch: CustomFetch;
  /** Returns the time in milliseconds since the epoch. */
  readonly clock: () => number;
  /** Receives a failure to read the keys again, if cached keys are used instead. */
  readonly onError: (error: Error) => void;
}

/**
 * Age in milliseconds at which the keys are read again. Keys that the provider has withdrawn are used so
 * long.
 */
const MAX_AGE = 10 * 60_000;

/**
 * Algorithms of signatures that only the provider can make. `none` and those with the client's secret are
 * refused, whatever the provider's metadata says.
 */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/**
 * Verifies signatures of the provider. Its keys are cached, and read again after ten minutes, or for a
 * signature that no cached key made: then at most every 30 seconds, because forged tokens cause such reads
 * too.
 */
export class ProviderKeys {
  readonly #cache: KeyCache<KeySet>;

  constructor({ address, fetch, clock, onError }: ProviderKeysOptions) {
    const read = async () => createLocalJWKSet(await readKeys(await address(), fetch));
    this.#cache = new KeyCache({ read, maxAge: MAX_AGE, clock, onError });
  }

  /**
   * Reads the keys, unless they are cached.
   *
   * @throws ProviderError if they were never read and cannot be read
   */
  async load(): Promise<void> {
    await this.#cache.keys();
  }

  /**
   * Verifies a JSON Web Token: its signature and the claims that `options` name.
   *
   * @throws JOSEError (of `jose`) for a token that is refused
   * @throws ProviderError if the keys were never read and cannot be read, or the key of the token is no key
   */
  async verify<Claims = JWTPayload>(
    jwt: string,
    options: JWTVerifyOptions,
  ): Promise<JWTVerifyResult<Claims>> {
    const complete = { ...options, algorithms: ALGORITHMS };
    const keys = await this.#cache.keys();
    try {
      return await jwtVerify<Claims>(jwt, keys, complete);
    } catch (error) {
      if (!isOfUnknownKey(error)) throw error;
      const newest = await this.#cache.refreshKeys();
      if (newest === keys) throw toError(error);
      return await jwtVerify<Claims>(jwt, newest, complete).catch((error) => {
        throw toError(error);
      });
    }
  }
}

/**
 * Returns whether another key may have made a signature. A provider may give a new key the id of an old one,
 * or none. Other errors than those of `jose` mean that a key cannot be imported.
 */
function isOfUnknownKey(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    !(error instanceof errors.JOSEError)
  );
}

/** Returns the error for a token that is refused, or for a key of the provider that is no key. */
function toError(error: unknown): Error {
  return error instanceof errors.JOSEError ? error : toProviderError(error);
}

async function readKeys(address: string, fetch: CustomFetch): Promise<JSONWebKeySet> {
  const headers = { accept: "application/json, application/jwk-set+json" };
  const response = await fetch(address, { method: "GET", headers, body: undefined, redirect: "manual" });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 200 && isKeySet(body)) return body;
  throw new ProviderError("provider_invalid_response", "the response from jwks_uri contains no keys");
}

function isKeySet(body: unknown): body is JSONWebKeySet {
  const { keys } = (body ?? {}) as { readonly keys?: unknown };
  return Array.isArray(keys) && keys.every((key) => typeof key === "object" && key !== null);
}
