import { Configuration, customFetch, None } from "openid-client";
import { ProviderError } from "../../../../shared/oidc/provider/provider-error.ts";
import type { RefreshClient } from "../../../../shared/oidc/tokens/refresh-grant.ts";

export const ISSUER = "https://provider.example";
export const CLIENT_ID = "application";

/** Response of the token endpoint, or an error that `fetch` throws. */
type Answer = () => Response | Promise<Response>;

/**
 * Returns an ID token with these claims. Its signature is not verified, because TLS authenticates the
 * response.
 */
export function idToken(claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: ISSUER, aud: CLIENT_ID, iat: now, exp: now + 60, ...claims };
  const parts = [{ alg: "RS256" }, payload, {}];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}

/** Options of a provider. */
export interface TokenProviderOptions {
  readonly now: () => number;
  /** Lifetime of an access token in seconds. */
  readonly life?: number | undefined;
  /** True if each refresh replaces the refresh token. */
  readonly rotates?: boolean;
}

/**
 * Token endpoint of a provider, behind the real `openid-client`. It issues tokens, counts how often it has
 * used each refresh token, and rejects one that was rotated.
 */
export class TokenProvider implements RefreshClient {
  issuer = ISSUER;
  /** True if the metadata can be read. */
  isReachable = true;
  /** Lifetime of an access token in seconds. */
  life: number | undefined;
  /** Further members of the next responses. */
  more: object = {};
  /** Number of uses of each refresh token. */
  readonly uses = new Map<string, number>();
  readonly #now: () => number;
  readonly #rotates: boolean;
  readonly #valid = new Set<string>();
  readonly #expiries = new Map<string, number>();
  readonly #answers: ((next: Answer) => Response | Promise<Response>)[] = [];
  readonly #configuration: Configuration;
  #count = 0;

  constructor({ now, life = 300, rotates = true }: TokenProviderOptions) {
    this.#now = now;
    this.life = life;
    this.#rotates = rotates;
    const metadata = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };
    this.#configuration = new Configuration(metadata, CLIENT_ID, {}, None());
    this.#configuration[customFetch] = async (_url, { body }) => this.#receive(String(body));
  }

  async configuration(): Promise<Configuration> {
    if (this.isReachable) return this.#configuration;
    throw new ProviderError("provider_unreachable", "the provider cannot be reached");
  }

  async request<Result>(call: (configuration: Configuration) => Promise<Result>): Promise<Result> {
    return call(await this.configuration());
  }

  /** Number of refresh tokens that were used. */
  get refreshes(): number {
    return [...this.uses.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Refresh tokens that were used more than once. */
  get reused(): string[] {
    return [...this.uses].flatMap(([token, count]) => (count > 1 ? [token] : []));
  }

  /** Issues tokens, as at a sign-in. */
  issue(): { access_token: string; refresh_token: string; token_type: "bearer"; expires_in?: number } {
    const [access_token, refresh_token] = [`access-${++this.#count}`, `refresh-${this.#count}`];
    this.#valid.add(refresh_token);
    this.#expiries.set(access_token, this.#now() + (this.life ?? Number.POSITIVE_INFINITY));
    return {
      access_token,
      refresh_token,
      token_type: "bearer",
      ...(this.life !== undefined && { expires_in: this.life }),
    };
  }

  /**
   * Returns whether this provider has issued an access token that has not expired at a time, by default now.
   */
  accepts(accessToken: string, at = this.#now()): boolean {
    return (this.#expiries.get(accessToken) ?? 0) > at;
  }

  /** Makes all refresh tokens invalid, as when the user withdraws their consent. */
  revokeAll(): void {
    this.#valid.clear();
  }

  /** Replaces the next answer of the token endpoint; `next` gives the one that it would have given. */
  answer(answer: (next: Answer) => Response | Promise<Response>): void {
    this.#answers.push(answer);
  }

  /** Makes the next request fail as `OidcClient` reports it. */
  fail(...failure: ConstructorParameters<typeof ProviderError>): void {
    this.answer(() => {
      throw new ProviderError(...failure);
    });
  }

  async #receive(body: string): Promise<Response> {
    const next = () => this.#refresh(new URLSearchParams(body).get("refresh_token") ?? "");
    return (this.#answers.shift() ?? ((answer) => answer()))(next);
  }

  #refresh(refreshToken: string): Response {
    this.uses.set(refreshToken, (this.uses.get(refreshToken) ?? 0) + 1);
    if (!this.#valid.has(refreshToken)) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const { refresh_token, ...response } = this.issue();
    if (!this.#rotates) return Response.json({ ...response, ...this.more });
    this.#valid.delete(refreshToken);
    return Response.json({ ...response, refresh_token, ...this.more });
  }
}
