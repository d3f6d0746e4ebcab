import { hashIdentifier } from "../../crypto/identifiers.ts";
import type { ConditionalStore } from "../../stores/conditional-store.ts";
import { tryUntilDone } from "../../stores/try-until-done.ts";
import type { ProviderClaims } from "../sign-in-options.ts";

/**
 * Value of a link of a provider's session (`sid`) or user (`sub`). `users` contains the keys of the lists of
 * sessions of those who signed in with it, which are hashes of their ids.
 */
interface Link {
  readonly users: readonly string[];
  /** Time of issue of the last logout token, in seconds since the epoch. */
  readonly endedAt?: number;
}

/** Claims of an ID token that say to which session and user of the provider a sign-in belongs. */
type SignInClaims = Pick<ProviderClaims, "iss" | "sub" | "iat" | "auth_time"> & { readonly sid?: unknown };

/**
 * Time for which a logout is remembered, in seconds. It is longer than a sign-in can be under way, and than a
 * provider tries to deliver a logout.
 */
const MEMORY = 60 * 60;

/** Maximum number of users of one link. Only a changed `toUser` gives it a second one. */
const MOST_USERS = 10;

/** Links a provider's sessions and users with our users, and remembers the provider's logouts. */
export class ProviderLinks {
  readonly #items: ConditionalStore;

  constructor(items: ConditionalStore) {
    this.#items = items;
  }

  /**
   * Links the session and the user of an ID token with a user, unless the provider has ended them.
   *
   * @param userKey the hash of the user's id
   * @param expiresAt the last second of the user's session
   */
  async add(claims: SignInClaims, userKey: string, expiresAt: number): Promise<void> {
    await Promise.all(
      linksOf(claims).map(async ({ key, hasEnded }) => {
        let expected: string | undefined;
        await tryUntilDone(async () => {
          const link = parseLink(expected);
          if (hasEnded(link)) return true;
          const users = [...new Set([...link.users, userKey])].slice(-MOST_USERS);
          if (await this.#items.write(key, toValue({ ...link, users }), { expected, expiresAt })) return true;
          expected = await this.#items.read(key);
          return undefined;
        });
      }),
    );
  }

  /**
   * Returns whether the provider has ended neither the session of an ID token nor all of its user's since its
   * issue. Call it after the session was saved. The logout of an earlier sign-in may have replaced the expiry
   * of a link by that of its memory meanwhile, or have expired since it kept the link from being written.
   * Then the links are written again.
   */
  async confirm(claims: SignInClaims, userKey: string, expiresAt: number): Promise<boolean> {
    const links = await Promise.all(
      linksOf(claims).map(async ({ key, hasEnded }) => ({
        hasEnded,
        ...parseLink(await this.#items.read(key)),
      })),
    );
    if (links.some(({ hasEnded, ...link }) => hasEnded(link))) return false;
    const mayBeLost = links.some(({ endedAt, users }) => endedAt !== undefined || !users.includes(userKey));
    if (mayBeLost) await this.add(claims, userKey, expiresAt);
    return true;
  }

  /** Remembers that a session of the provider has ended. Returns its users. */
  endSession(issuer: string, sessionId: string, endedAt: number, now: number): Promise<readonly string[]> {
    return this.#end(toKey("session", issuer, sessionId), endedAt, now);
  }

  /** Remembers that all sessions of a user of the provider have ended. Returns our users. */
  endSubject(issuer: string, subject: string, endedAt: number, now: number): Promise<readonly string[]> {
    return this.#end(toKey("subject", issuer, subject), endedAt, now);
  }

  /** Returns our users for a user of the provider. */
  async usersOf(issuer: string, subject: string): Promise<readonly string[]> {
    return parseLink(await this.#items.read(toKey("subject", issuer, subject))).users;
  }

  #end(key: string, endedAt: number, now: number): Promise<readonly string[]> {
    return tryUntilDone(async () => {
      const expected = await this.#items.read(key);
      const { users, endedAt: before = 0 } = parseLink(expected);
      const value = toValue({ users, endedAt: Math.max(endedAt, before) });
      return (await this.#items.write(key, value, { expected, expiresAt: now + MEMORY })) ? users : undefined;
    });
  }
}

/** Returns the links of an ID token, with the conditions under which a logout ends its sign-in. */
function linksOf({ iss, sub, sid, iat, auth_time: authenticatedAt }: SignInClaims) {
  const subject = {
    key: toKey("subject", iss, sub),
    hasEnded: ({ endedAt }: Link) => endedAt !== undefined && iat <= endedAt,
  };
  if (typeof sid !== "string" || sid === "") return [subject];
  // Some providers use the id of a session again. Then its user has authenticated since.
  const isNewer = (endedAt: number) => typeof authenticatedAt === "number" && authenticatedAt > endedAt;
  const session = {
    key: toKey("session", iss, sid),
    hasEnded: ({ endedAt }: Link) => endedAt !== undefined && !isNewer(endedAt),
  };
  return [session, subject];
}

function toKey(kind: "session" | "subject", issuer: string, id: string): string {
  return `provider-${kind}#${hashIdentifier(JSON.stringify([issuer, id]))}`;
}

function toValue(link: Link): string {
  return JSON.stringify(link);
}

function parseLink(value: string | undefined): Link {
  return value === undefined ? { users: [] } : JSON.parse(value);
}
