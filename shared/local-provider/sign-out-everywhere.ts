import type Provider from "oidc-provider";
import type { MemoryStorage } from "./memory-storage.ts";

/** oidc-provider's client, with the method that its declarations omit. */
interface LogoutClient {
  readonly backchannelLogoutUri?: string | undefined;
  backchannelLogout(accountId: string, sid: string | undefined): Promise<unknown>;
}

/** Result of one delivery: undefined if the application accepted the logout token. */
export type DeliveryFailure = { readonly uri: string; readonly reason: string } | undefined;

/**
 * Ends all sessions of a person at the provider with their tokens, and sends a logout token for each to every
 * application that it was used for (OpenID Connect Back-Channel Logout 1.0, section 2.5).
 *
 * @returns the result of each delivery
 */
export async function signOutEverywhere(
  provider: Provider,
  storage: MemoryStorage,
  personId: string,
): Promise<DeliveryFailure[]> {
  const results: Promise<DeliveryFailure>[] = [];
  for (const id of storage.sessionsOf(personId)) {
    const session = await provider.Session.find(id);
    for (const [clientId, { sid }] of Object.entries(session?.authorizations ?? {})) {
      const client = (await provider.Client.find(clientId)) as unknown as LogoutClient | undefined;
      if (client?.backchannelLogoutUri) results.push(deliver(client, personId, sid));
    }
    await session?.destroy();
  }
  return Promise.all(results);
}

async function deliver(
  client: LogoutClient,
  personId: string,
  sid: string | undefined,
): Promise<DeliveryFailure> {
  try {
    await client.backchannelLogout(personId, sid);
    return undefined;
  } catch (error) {
    return { uri: client.backchannelLogoutUri ?? "", reason: (error as Error).message };
  }
}
