import { onTestFinished } from "vitest";
import type { HttpEvent } from "../../../../shared/lambda/http-event.ts";
import type { HttpResult } from "../../../../shared/lambda/http-result.ts";
import type { LambdaHandler } from "../../../../shared/lambda/with-session.ts";
import type { BackChannelOptions } from "../../../../shared/oidc/back-channel/back-channel-options.ts";
import { createBackChannelRoute } from "../../../../shared/oidc/back-channel/back-channel-route.ts";
import { ProviderLinks } from "../../../../shared/oidc/back-channel/provider-links.ts";
import { OidcClient } from "../../../../shared/oidc/provider/oidc-client.ts";
import type { ConditionalStore } from "../../../../shared/stores/conditional-store.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { Clock } from "../../../../shared/testing/clock.ts";
import { type EventRequest, httpApiEvent, lambdaContext } from "../../../../shared/testing/events.ts";
import { LogCollector } from "../../../../shared/testing/log-collector.ts";
import { HostileProvider } from "../hostile-provider.ts";

/** Event of a back-channel logout in the claim `events`. */
export const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

type BackChannelRecord = Parameters<NonNullable<BackChannelOptions["log"]>>[0];

let tokens = 0;

/** Returns the claims of a valid logout token with an id of its own. `undefined` removes a claim. */
export function logoutClaims(
  provider: HostileProvider,
  claims: Record<string, unknown> = {},
): Record<string, unknown> {
  const now = provider.nowSeconds;
  const valid = {
    iss: provider.issuer,
    aud: HostileProvider.clientId,
    iat: now,
    exp: now + 120,
    jti: `token-${++tokens}`,
    events: { [LOGOUT_EVENT]: {} },
    sub: "u-1",
    sid: "provider-session-1",
  };
  return JSON.parse(JSON.stringify({ ...valid, ...claims }));
}

/** Returns the request by which a provider's server sends a logout token. */
export function logoutRequest(token: string): EventRequest {
  return {
    method: "POST",
    url: "/sign-out/back-channel",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `${new URLSearchParams({ logout_token: token })}`,
  };
}

/** Route for logouts with a provider, and a directory that only records its calls. */
export class BackChannelFixture {
  readonly clock: Clock;
  readonly provider: HostileProvider;
  readonly log = new LogCollector<BackChannelRecord>();
  /** Calls of `endByProvider`. */
  readonly ended: unknown[][] = [];
  /** Throws for the next calls of `endByProvider`. */
  problem: Error | undefined;
  readonly handler: LambdaHandler<HttpEvent>;

  private constructor(provider: HostileProvider, clock: Clock, items: ConditionalStore) {
    this.provider = provider;
    this.clock = clock;
    this.handler = createBackChannelRoute({
      client: new OidcClient({
        issuer: provider.issuer,
        clientId: HostileProvider.clientId,
        clock: clock.now,
        timeout: 60_000,
        log: () => {},
      }),
      sessions: {
        endByProvider: async (...parameters: unknown[]) => {
          if (this.problem !== undefined) throw this.problem;
          return this.ended.push(parameters);
        },
      },
      items,
      log: this.log.log,
    });
  }

  /** Starts a provider, which ends with the test and has signed a user in. */
  static async start(
    makeItems = (clock: () => number): ConditionalStore => new MemoryConditionalStore({ clock }),
  ): Promise<BackChannelFixture> {
    const clock = new Clock();
    const provider = await HostileProvider.start(clock);
    onTestFinished(() => provider.stop().catch(() => {}));
    const items = makeItems(clock.now);
    const claims = { iss: provider.issuer, sub: "u-1", sid: "provider-session-1", iat: provider.nowSeconds };
    await new ProviderLinks(items).add(claims, "user-key", provider.nowSeconds + 3600);
    return new BackChannelFixture(provider, clock, items);
  }

  /** Sends a request to the route. */
  call(request: EventRequest): Promise<HttpResult> {
    return this.handler(httpApiEvent(request), lambdaContext());
  }

  /** Sends a token to the route. */
  send(token: string): Promise<HttpResult> {
    return this.call(logoutRequest(token));
  }

  /** Returns a token with the provider's key. */
  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
    return this.provider.signWith(logoutClaims(this.provider, claims), header);
  }

  /** Reasons of the refusals and failures in the log, and the events of the others. */
  get reasons(): string[] {
    return this.log.records.map((record) => ("reason" in record ? record.reason : record.event));
  }
}
