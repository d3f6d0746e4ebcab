import { createIdentifier } from "../../crypto/identifiers.ts";
import { writeLog } from "../../log/write-log.ts";
import type { Session } from "../../session/session.ts";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import { longestLifeOf } from "../longest-life.ts";
import { type Subject, type TokenResponse, toKeptTokens } from "./kept-tokens.ts";
import { NoProviderTokensError, ProviderTokensEndedError } from "./provider-tokens-errors.ts";
import type { ProviderTokensLog } from "./provider-tokens-log.ts";
import type { TokenKeeperOptions } from "./token-keeper-options.ts";
import type { TokenOutcome } from "./token-outcome.ts";
import { TokenRefresh } from "./token-refresh.ts";
import { type TokenPlace, TokenVault } from "./token-vault.ts";

/**
 * Key of the session's data with the identifier of its tokens, which is no secret, and the time of the
 * sign-in. The time makes each sign-in a change, so that a session which replaces an ended one has the
 * identifier too.
 */
const KEY = "providerTokens";

/** Seconds for which further calls join one that is under way. */
const SHARED_FOR = 10;

/**
 * Keeps the tokens that a provider issued at the sign-in, sealed in an item that expires with the session,
 * and refreshes them. Its hooks are options of the sign-in routes. Create one for each function.
 */
export class TokenKeeper {
  readonly #vault: TokenVault;
  readonly #refresh: TokenRefresh;
  readonly #issuer: string;
  readonly #longestLife: number;
  readonly #now: () => number;
  readonly #log: ProviderTokensLog;
  /** Calls under way by the identifier of the tokens, with the time of their beginning. */
  readonly #underWay = new Map<string, { readonly call: Promise<TokenOutcome>; readonly since: number }>();

  /** @throws OptionError that names the option */
  constructor(options: TokenKeeperOptions) {
    const { client, items, keys, settings, clock = () => Date.now(), log = writeLog, wait } = options;
    this.#now = () => Math.floor(clock() / 1000);
    this.#log = log;
    this.#issuer = client.issuer;
    this.#longestLife = longestLifeOf(settings);
    this.#vault = new TokenVault({ items, keys, nowSeconds: this.#now });
    this.#refresh = new TokenRefresh({ client, vault: this.#vault, nowSeconds: this.#now, log, wait });
  }

  /**
   * Keeps the tokens of a sign-in; a hook that runs after `session.signIn`. A further sign-in of the same
   * user replaces them in their place, so that parallel requests find the new ones.
   *
   * @throws SessionUnavailableError if they cannot be stored
   */
  readonly onSignIn = async (
    session: Session,
    { tokens, claims }: { readonly tokens: TokenResponse; readonly claims: Subject },
  ): Promise<void> => {
    const place = placeOf(session, idOf(session) ?? createIdentifier());
    const [now, { iss, sub }] = [this.#now(), claims];
    const owner = { issuer: this.#issuer, subject: { iss, sub }, endsAt: now + this.#longestLife };
    await this.#vault.put(place, toKeptTokens(tokens, owner, now));
    session.set(KEY, { id: place.id, at: now });
  };

  /**
   * Removes the tokens of a session; a hook that runs before `session.signOut`.
   *
   * @throws SessionUnavailableError if they cannot be removed
   */
  readonly onSignOut = async (session: Session): Promise<void> => {
    const id = idOf(session);
    if (id !== undefined && session.user !== undefined) await this.#vault.remove(placeOf(session, id));
  };

  /**
   * Returns a valid access token of the user who is signed in. It is refreshed when less than a fifth of its
   * life is left, or less than 30 seconds. If that is impossible for good, the session is signed out.
   *
   * @throws NoProviderTokensError if the session has no tokens
   * @throws ProviderTokensEndedError if the session was signed out
   * @throws SessionUnavailableError if another try may succeed soon
   */
  async accessToken(session: Session): Promise<string> {
    if (session.user === undefined) throw new NoProviderTokensError("no_user");
    const id = idOf(session);
    if (id === undefined) throw new NoProviderTokensError("not_kept");
    const { accessToken, ended, unavailable } = await this.#share(placeOf(session, id));
    if (accessToken !== undefined) return accessToken;
    if (ended === undefined)
      throw new SessionUnavailableError(`the provider's access token has expired: ${unavailable}`);
    this.#log({ level: "WARN", event: "provider_tokens_ended", reason: ended, session: session.id });
    session.signOut();
    throw new ProviderTokensEndedError(ended);
  }

  /**
   * Parallel calls for the same tokens share one result. A call that began long ago is not joined: Lambda
   * has frozen the process since, so its token may have expired.
   */
  #share(place: TokenPlace): Promise<TokenOutcome> {
    const key = `${place.id} ${place.userId}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined && this.#now() - underWay.since < SHARED_FOR) return underWay.call;
    const own = { call: this.#refresh.accessToken(place), since: this.#now() };
    this.#underWay.set(key, own);
    return own.call.finally(() => this.#underWay.get(key) === own && this.#underWay.delete(key));
  }
}

function idOf(session: Session): string | undefined {
  const { id } = Object(session.get(KEY)) as { readonly id?: unknown };
  return typeof id === "string" ? id : undefined;
}

/** @throws NoProviderTokensError if no user is signed in */
function placeOf({ user, id: session }: Session, id: string): TokenPlace {
  if (user === undefined) throw new NoProviderTokensError("no_user");
  return { id, userId: user.id, session };
}
