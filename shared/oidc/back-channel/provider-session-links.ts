import { hashIdentifier } from "../../crypto/identifiers.ts";
import type { SessionSettings } from "../../session/session-settings.ts";
import type { ConditionalStore } from "../../stores/conditional-store.ts";
import { longestLifeOf } from "../longest-life.ts";
import type { SignInHooks } from "../sign-in-options.ts";
import { ProviderLinks } from "./provider-links.ts";

/** Options of `providerSessionLinks`. */
export interface ProviderSessionLinksOptions {
  /** Stores the links: the same store as that of the route for logouts. */
  readonly items: ConditionalStore;
  /** The settings of the sessions. Their longest lifetime is that of a link. */
  readonly settings?: SessionSettings;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/**
 * Returns the hooks of a sign-in for logouts by the provider: they link the session and the user of the
 * provider with our user, because a logout token names only them, and refuse a sign-in that the provider has
 * ended before it was completed.
 *
 * A link contains hashes only. `createBackChannelRoute` reads it.
 */
export function providerSessionLinks({
  items,
  settings,
  clock = () => Date.now(),
}: ProviderSessionLinksOptions): Required<Pick<SignInHooks, "onSignIn" | "afterSave">> {
  const links = new ProviderLinks(items);
  const lifetime = longestLifeOf(settings);
  const expiresAt = () => Math.floor(clock() / 1000) + lifetime;
  return {
    onSignIn: (_session, { claims, user }) => links.add(claims, hashIdentifier(user.id), expiresAt()),
    afterSave: ({ claims, user }) => links.confirm(claims, hashIdentifier(user.id), expiresAt()),
  };
}
