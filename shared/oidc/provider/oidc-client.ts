import type { JWTPayload, JWTVerifyOptions, JWTVerifyResult } from "jose";
import {
  allowInsecureRequests,
  Configuration,
  type CustomFetch,
  clockSkew,
  clockTolerance,
  customFetch,
} from "openid-client";
import { KeyCache } from "../../keys/key-cache.ts";
import { writeLog } from "../../log/write-log.ts";
import { clientRejected, isClientRejected, toClientAuthentication } from "./client-authentication.ts";
import { ClientSecret } from "./client-secret.ts";
import { createLimitedFetch } from "./limited-fetch.ts";
import { checkClientOptions, type OidcClientOptions } from "./oidc-client-options.ts";
import { toProviderError } from "./provider-error.ts";
import { ProviderKeys } from "./provider-keys.ts";
import { type ProviderMetadata, readMetadata } from "./provider-metadata.ts";

/** Age in milliseconds at which the metadata is read again. */
const METADATA_MAX_AGE = 60 * 60_000;

/** Seconds that the provider's clock may differ from ours. */
const TOLERANCE = 60;

/**
 * Client of one identity provider. Create one for each function, outside the handler: it caches the
 * provider's metadata and keys, so that a change at the provider needs no deployment. While the provider does
 * not respond, cached metadata and keys are used, however old.
 */
export class OidcClient {
  /** The issuer of the options. */
  readonly issuer: string;
  /** The id that the provider gave to this application. */
  readonly clientId: string;
  readonly #issuer: URL;
  readonly #clock: () => number;
  readonly #fetch: CustomFetch;
  readonly #secret: ClientSecret | undefined;
  readonly #metadata: KeyCache<ProviderMetadata>;
  readonly #keys: ProviderKeys;

  /** @throws OptionError that names the option */
  constructor(options: OidcClientOptions) {
    this.#issuer = checkClientOptions(options);
    const { clientId, clientSecret, timeout = 5000, clock = () => Date.now(), log = writeLog } = options;
    this.issuer = options.issuer;
    this.clientId = clientId;
    this.#clock = clock;
    this.#fetch = createLimitedFetch(timeout);
    this.#secret = clientSecret && new ClientSecret(clientSecret, clock);
    const onError = (error: Error) => {
      const { reason, message } = toProviderError(error);
      log({ level: "WARN", event: "provider_not_refreshed", reason, message });
    };
    const read = () => readMetadata(this.#issuer, this.#fetch);
    this.#metadata = new KeyCache({ read, maxAge: METADATA_MAX_AGE, clock, onError });
    const address = async () => (await this.metadata()).jwks_uri;
    this.#keys = new ProviderKeys({ address, fetch: this.#fetch, clock, onError });
  }

  /** Returns the time in milliseconds since the epoch. */
  now(): number {
    return this.#clock();
  }

  /** The time in seconds since the epoch. */
  get nowSeconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /**
   * Returns the provider's metadata.
   *
   * @throws ProviderError if it was never read and cannot be read
   */
  metadata(): Promise<ProviderMetadata> {
    return this.#metadata.keys();
  }

  /** Returns whether a URL of the provider may be used: with HTTPS, or as insecure as a loopback issuer. */
  allows({ protocol }: URL): boolean {
    return protocol === "https:" || protocol === this.#issuer.protocol;
  }

  /**
   * Returns a configuration for the functions of `openid-client`. It is valid for one request, because the
   * next one may have other metadata or another secret. Its clock is that of this client.
   *
   * @throws ProviderError if the metadata or the secret cannot be read
   */
  async configuration(): Promise<Configuration> {
    return (await this.#configure()).configuration;
  }

  /**
   * Reads everything that `request` and `verify` need, unless it is cached: so no code is used up by a
   * sign-in that cannot be completed.
   *
   * @throws ProviderError if the metadata, the keys or the secret were never read and cannot be read
   */
  async prepare(): Promise<void> {
    await Promise.all([this.#keys.load(), this.#secret?.value()]);
  }

  /**
   * Calls the provider with a configuration. If the provider rejects the client's secret, the secret is read
   * again, and `call` is called once more if it has changed.
   *
   * @throws ProviderError if the metadata or the secret cannot be read, or the provider rejects the client
   * @throws the errors of `call`
   */
  async request<Result>(call: (configuration: Configuration) => Promise<Result>): Promise<Result> {
    const { configuration, secret } = await this.#configure();
    try {
      return await call(configuration);
    } catch (error) {
      if (!isClientRejected(error)) throw error;
      if (secret === undefined || !(await this.#secret?.renew(secret))) throw clientRejected();
    }
    return call(await this.configuration()).catch((error) => {
      throw isClientRejected(error) ? clientRejected() : error;
    });
  }

  /**
   * Verifies a JSON Web Token of the provider: its signature, issuer, audience and times, and the claims that
   * `options` name.
   *
   * @throws JOSEError (of `jose`) for a token that is refused
   * @throws ProviderError if the metadata or the keys were never read and cannot be read
   */
  async verify<Claims = JWTPayload>(
    jwt: string,
    options: JWTVerifyOptions = {},
  ): Promise<JWTVerifyResult<Claims>> {
    const { issuer } = await this.metadata();
    return this.#keys.verify(jwt, {
      clockTolerance: TOLERANCE,
      ...options,
      issuer,
      audience: this.clientId,
      currentDate: new Date(this.#clock()),
    });
  }

  async #configure(): Promise<{ configuration: Configuration; secret: string | undefined }> {
    const [metadata, secret] = await Promise.all([this.metadata(), this.#secret?.value()]);
    const client = {
      [clockSkew]: Math.round((this.#clock() - Date.now()) / 1000),
      [clockTolerance]: TOLERANCE,
    };
    const authentication = toClientAuthentication(metadata, secret);
    const configuration = new Configuration(metadata, this.clientId, client, authentication);
    configuration[customFetch] = this.#fetch;
    if (this.#issuer.protocol === "http:") allowInsecureRequests(configuration);
    return { configuration, secret };
  }
}
