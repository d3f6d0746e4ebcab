import { isLoopback } from "../../lambda/origin.ts";
import type { LogRecord } from "../../log/write-log.ts";
import { OptionError } from "../../options/option-error.ts";
import type { ProviderFailure } from "./provider-error.ts";

/** The provider's metadata or keys could not be read again, so cached ones are used. */
export interface ProviderNotRefreshed extends LogRecord {
  readonly level: "WARN";
  readonly event: "provider_not_refreshed";
  readonly reason: ProviderFailure;
  readonly message: string;
}

/** Receives the records of a client, one for each event. */
export type ProviderLog = (record: ProviderNotRefreshed) => void;

/** Options of a client of an identity provider. */
export interface OidcClientOptions {
  /**
   * The issuer, exactly as the provider's metadata names it, such as `https://accounts.google.com`. HTTP is
   * allowed for loopback addresses only.
   */
  readonly issuer: string;
  /** The id that the provider gave to this application. */
  readonly clientId: string;
  /**
   * Reads the client's secret. It is called at the first use, and once more when the provider rejects the
   * secret. Without it the client is a public one, which PKCE alone protects.
   */
  readonly clientSecret?: (() => Promise<string>) | undefined;
  /** Maximum time of each request to the provider, in milliseconds. Default: 5000. */
  readonly timeout?: number;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Receives the client's records. Default: one line of JSON for each record. */
  readonly log?: ProviderLog;
}

/**
 * Checks the options of a client, and returns the issuer's URL.
 *
 * @throws OptionError that names the option
 */
export function checkClientOptions({ issuer, clientId, clientSecret, timeout }: OidcClientOptions): URL {
  if (typeof clientId !== "string" || clientId === "")
    throw new OptionError("clientId", "must be the id that the provider gave to this application");
  if (clientSecret !== undefined && typeof clientSecret !== "function")
    throw new OptionError("clientSecret", "must be a function that reads the secret");
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout >= 1 && timeout <= 60_000))
    throw new OptionError("timeout", "must be an integer number of milliseconds from 1 to 60000");
  const url = typeof issuer === "string" ? URL.parse(issuer) : null;
  if (url === null || !isIssuer(url))
    throw new OptionError(
      "issuer",
      "must be a URL with HTTPS (HTTP for a loopback address only), without credentials, query and fragment",
    );
  return url;
}

/** Checks the form of an issuer (OpenID Connect Core 1.0, section 2, `iss`). */
function isIssuer({ protocol, host, username, password, search, hash }: URL): boolean {
  if (username || password || search || hash) return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(host));
}
