import type * as oidcProvider from "oidc-provider";
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { MemoryStorage } from "./memory-storage.ts";
import { originOf, sendPage } from "./pages/send-page.ts";
import { renderProblem, renderSignedOut, renderSignOut } from "./pages/sign-out-pages.ts";
import type { People } from "./people.ts";
import { createPolicy, grantAll } from "./provider-policy.ts";
import type { SigningKey } from "./signing-keys.ts";

/** Parts of a provider's configuration. */
export interface ConfigurationParts {
  readonly people: People;
  readonly clients: readonly ClientMetadata[];
  readonly keys: readonly SigningKey[];
  readonly storage: MemoryStorage;
  readonly cookieKey: string;
  /** Port, which is part of the cookies' names: browsers send the cookies of a host to all its ports. */
  readonly port: number;
  /** Lifetime of an access token in seconds. */
  readonly accessTokenLifetime: number;
  /** Delivers a logout token and returns the status of the response. */
  readonly deliver: (uri: string, body: string) => Promise<number>;
}

const DAY = 24 * 60 * 60;

/**
 * Returns oidc-provider's configuration. Every function whose default prints a notice is replaced.
 *
 * @param module oidc-provider
 */
export function configure(module: typeof oidcProvider, parts: ConfigurationParts): Configuration {
  const { people, port, cookieKey, accessTokenLifetime } = parts;
  const cookie = { signed: true, httpOnly: true, sameSite: "lax" } as const;
  const name = (part: string) => `local-provider-${port}-${part}`;
  return {
    acrValues: ["pwd", "mfa"],
    adapter: parts.storage.adapter,
    claims: {
      openid: ["sub", "acr", "amr", "auth_time"],
      profile: ["name", ...people.claimNames],
      email: ["email", "email_verified"],
    },
    clientBasedCORS: () => false,
    clients: [...parts.clients],
    conformIdTokenClaims: false,
    cookies: {
      keys: [cookieKey],
      names: { session: name("session"), interaction: name("sign-in"), resume: name("resume") },
      long: cookie,
      short: cookie,
    },
    // The storage ends tokens with their session. oidc-provider would keep those of its last sign-in only.
    expiresWithSession: async () => false,
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    features: createFeatures(),
    fetch: async (url, init) =>
      new Response(null, { status: await parts.deliver(String(url), String(init?.body)) }),
    findAccount: async (_ctx, id) => findAccount(people, id),
    interactions: { policy: createPolicy(module), url: (_ctx, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    jwks: { keys: parts.keys.map((key) => ({ ...key })) },
    loadExistingGrant: grantAll,
    pkce: { required: () => true },
    renderError,
    responseTypes: ["code"],
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenLifetime,
      AuthorizationCode: 60,
      Grant: 14 * DAY,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * DAY,
      Session: 14 * DAY,
    },
  };
}

function createFeatures(): Configuration["features"] {
  return {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx, form) => {
        const { session, entities, params } = ctx.oidc;
        const target = originOf(params?.post_logout_redirect_uri);
        const isProven = entities.IdTokenHint?.payload.sub === session?.accountId;
        sendPage(ctx, renderSignOut(form, target, isProven));
      },
      postLogoutSuccessSource: async (ctx) => sendPage(ctx, renderSignedOut()),
    },
  };
}

async function findAccount(people: People, id: string) {
  const person = await people.find(id);
  if (!person) return undefined;
  const { name, email, claims } = person;
  const known = { ...claims, sub: id, name, ...(email !== undefined && { email, email_verified: true }) };
  return { accountId: id, claims: async () => known };
}

/** Answers an error that cannot be sent to the application, such as an unknown redirect URI. */
async function renderError(ctx: KoaContextWithOIDC, { error, error_description }: oidcProvider.ErrorOut) {
  const { redirectUris = [] } = ctx.oidc.client ?? {};
  const isUnknown = error === "invalid_redirect_uri";
  const known = isUnknown ? [`The redirect URIs that are registered: ${redirectUris.join(", ")}.`] : [];
  sendPage(ctx, renderProblem(`${error}: ${error_description ?? "no description"}`, known), ctx.status);
}
