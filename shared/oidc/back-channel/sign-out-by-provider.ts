import { hashIdentifier } from "../../crypto/identifiers.ts";
import type { BackChannelOptions } from "./back-channel-options.ts";
import type { LogoutToken } from "./logout-token.ts";
import { ProviderLinks } from "./provider-links.ts";

/** Seconds for which the id of a token is kept after it has expired, because clocks differ. */
const MARGIN = 5 * 60;

/**
 * Ends the sessions that a verified logout token names, and returns their number, or `undefined` if the token
 * was already used.
 *
 * The id of the token is stored last: if anything fails before, the provider can send the token again, and
 * everything is done again with the same result. Of parallel deliveries each does the same.
 *
 * @throws SessionUnavailableError if a store fails
 */
export async function signOutByProvider(
  { sessions, items }: Pick<BackChannelOptions, "sessions" | "items">,
  token: LogoutToken,
  now: number,
): Promise<number | undefined> {
  const used = `logout-token#${hashIdentifier(JSON.stringify([token.issuer, token.id]))}`;
  if ((await items.read(used)) !== undefined) return undefined;
  const { issuer, sessionId } = token;
  let ended = 0;
  for (const userKey of new Set(await remember(new ProviderLinks(items), token, now)))
    ended += await sessions.endByProvider({ userKey }, { issuer, sessionId });
  await items.write(used, "used", { expected: undefined, expiresAt: token.expiresAt + MARGIN });
  return ended;
}

/**
 * Remembers the logout before any session ends, so that a sign-in under way either is in the list of sessions
 * or finds the logout after it was saved. Returns the keys of the lists of the linked users.
 */
async function remember(
  links: ProviderLinks,
  { issuer, sessionId, subject, issuedAt }: LogoutToken,
  now: number,
): Promise<readonly string[]> {
  const endedAt = Math.floor(issuedAt);
  if (sessionId === undefined) return links.endSubject(issuer, `${subject}`, endedAt, now);
  const users = await links.endSession(issuer, sessionId, endedAt, now);
  return subject === undefined ? users : [...users, ...(await links.usersOf(issuer, subject))];
}
