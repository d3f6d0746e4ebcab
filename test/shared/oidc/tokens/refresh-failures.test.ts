import { beforeEach, describe, expect, test } from "vitest";
import type { ProviderError } from "../../../../shared/oidc/provider/provider-error.ts";
import { ADA, TokenFixture } from "./token-fixture.ts";

/** Lifetime of the provider's access tokens in seconds. They are refreshed when less than 60 are left. */
const LIFE = 300;

let fixture: TokenFixture;
let data: Record<string, unknown>;

beforeEach(async () => {
  fixture = new TokenFixture({ life: LIFE });
  data = await fixture.signIn();
});

type Failure = ConstructorParameters<typeof ProviderError>;

const NOT_USED: readonly [reason: string, when: string, failure: Failure][] = [
  ["unreachable", "the connection is refused", ["provider_unreachable", "", {}, { code: "ECONNREFUSED" }]],
  ["unreachable", "the host has no address", ["provider_unreachable", "", {}, { code: "ENOTFOUND" }]],
  ["busy", "the provider responds with 503", ["provider_unavailable", "", {}, { status: 503 }]],
  ["busy", "the provider responds with 429", ["provider_unavailable", "", {}, { status: 429 }]],
  ["client_rejected", "the provider rejects the client's secret", ["client_rejected", ""]],
];

describe.each(NOT_USED)("%s: %s, so the refresh token was not used", (reason, when, failure) => {
  test(`if ${when}, the request gets the token that is still valid, and a later one refreshes it`, async () => {
    fixture.clock.advance(LIFE - 59);
    fixture.provider.fail(...failure);
    expect([await fixture.ask(data), fixture.events]).toEqual([
      "access-1",
      [`provider_tokens_not_refreshed: ${reason}`],
    ]);
    expect(await fixture.ask(data)).toBe("access-1");
    fixture.clock.advance(5);
    expect(await fixture.ask(data)).toBe("access-2");
    expect([...fixture.provider.uses]).toEqual([["refresh-1", 1]]);
  });

  test(`if ${when}, a request with an expired token is answered with 503, and the session goes on`, async () => {
    fixture.clock.advance(LIFE);
    fixture.provider.fail(...failure);
    expect(await fixture.ask(data)).toBe("SessionUnavailableError");
    expect([await fixture.ask(data), fixture.waits]).toEqual(["SessionUnavailableError", []]);
    fixture.clock.advance(5);
    expect(await fixture.ask(data)).toBe("access-2");
  });

  test(`if ${when} and the mark cannot be taken back, the refresh token stays spent`, async () => {
    fixture.clock.advance(LIFE - 59);
    fixture.provider.fail(...failure);
    fixture.steered.skip("write");
    fixture.steered.fail("write");
    expect(await fixture.ask(data)).toBe("access-1");
    fixture.clock.advance(50);
    expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["access-1", 0]);
  });
});

const MAYBE_USED: readonly [reason: string, when: string, arrange: () => void][] = [
  ["timeout", "the provider does not respond in time", () => fixture.provider.fail("provider_timeout", "")],
  [
    "failed",
    "the connection breaks",
    () => fixture.provider.fail("provider_unreachable", "", {}, { code: "ECONNRESET" }),
  ],
  [
    "failed",
    "the provider responds with 500",
    () => fixture.provider.fail("provider_unavailable", "", {}, { status: 500 }),
  ],
  ["failed", "the response is no JSON", () => fixture.provider.answer(() => new Response("<html>"))],
  ["failed", "the response has no access token", () => fixture.provider.answer(() => Response.json({}))],
  [
    "failed",
    "the ID token is of another issuer",
    () => {
      fixture.provider.more = { id_token: "e30.e30.e30" };
    },
  ],
  [
    "failed",
    "the provider does not allow refreshes to this client",
    () => fixture.provider.answer(() => Response.json({ error: "unauthorized_client" }, { status: 400 })),
  ],
];

describe.each(MAYBE_USED)("%s: %s, so the refresh token may have been used", (reason, when, arrange) => {
  test(`if ${when}, the refresh token is never sent again: the valid access token is used, and then the session ends`, async () => {
    fixture.clock.advance(LIFE - 59);
    arrange();
    const used = fixture.provider.refreshes;
    expect(await fixture.ask(data)).toBe("access-1");
    expect(fixture.events).toEqual([`provider_tokens_not_refreshed: ${reason}`]);
    fixture.clock.advance(58);
    expect(await fixture.ask(data)).toBe("access-1");
    expect(fixture.provider.refreshes).toBeLessThanOrEqual(used + 1);
    fixture.clock.advance(LIFE);
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: lost");
    expect(fixture.provider.reused).toEqual([]);
  });

  test(`if ${when}, a session whose access token has expired ends at once`, async () => {
    fixture.clock.advance(LIFE);
    arrange();
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: lost");
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: removed");
  });
});

describe("a provider that asks to wait", () => {
  test.each([
    [30, 30],
    [100_000, 300],
  ])(
    "a provider that asks to wait for %i seconds gets no refresh for %i seconds",
    async (retryAfter, waits) => {
      fixture.clock.advance(LIFE);
      fixture.provider.fail("provider_unavailable", "", {}, { status: 503, retryAfter });
      expect(await fixture.ask(data)).toBe("SessionUnavailableError");
      fixture.clock.advance(waits - 1);
      expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["SessionUnavailableError", 0]);
      fixture.clock.advance(1);
      expect(await fixture.ask(data)).toBe("access-2");
    },
  );
});

describe("a provider whose metadata cannot be read", () => {
  beforeEach(() => {
    fixture.provider.isReachable = false;
  });

  test("a provider whose metadata cannot be read leaves the refresh token unmarked, and the valid access token is used", async () => {
    fixture.clock.advance(LIFE - 1);
    expect(await fixture.ask(data)).toBe("access-1");
    fixture.provider.isReachable = true;
    expect(await fixture.ask(data)).toBe("access-2");
  });

  test("a request is answered with 503 when the metadata cannot be read and the access token has expired, and the session goes on", async () => {
    fixture.clock.advance(LIFE);
    expect(await fixture.ask(data)).toBe("SessionUnavailableError");
    expect(fixture.log.records).toEqual([
      {
        level: "WARN",
        event: "provider_tokens_not_refreshed",
        reason: "unreachable",
        message: "the provider cannot be reached",
        session: "session-id",
      },
    ]);
    fixture.provider.isReachable = true;
    expect(await fixture.ask(data)).toBe("access-2");
  });

  test("metadata that cannot be read do not concern a token that need not be refreshed", async () => {
    expect([await fixture.ask(data), fixture.events]).toEqual(["access-1", []]);
  });
});

describe("a store that fails", () => {
  beforeEach(() => fixture.clock.advance(LIFE - 59));

  test("if the store fails while the mark is written, nothing is sent, and the next request refreshes", async () => {
    fixture.steered.fail("write");
    expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["Error", 0]);
    expect(await fixture.ask(data)).toBe("access-2");
  });

  test("if the store fails after the mark was written, it is found, and the refresh goes on", async () => {
    fixture.steered.fail("write", undefined, { delivered: true });
    expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["access-2", 1]);
  });

  test("if the store fails while the new tokens are written, the request gets the new one, the next ones the previous one", async () => {
    fixture.steered.skip("write");
    fixture.steered.fail("write");
    expect([await fixture.ask(data), fixture.events]).toEqual(["access-2", ["provider_tokens_not_stored"]]);
    expect(fixture.log.records).toMatchObject([{ level: "ERROR", message: "the store failed: Error" }]);
    expect(await fixture.ask(data)).toBe("access-1");
    fixture.clock.advance(LIFE);
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: lost");
    expect(fixture.provider.reused).toEqual([]);
  });

  test("if the store fails after the new tokens were written, they are found, and all requests get the new one", async () => {
    fixture.steered.skip("write");
    fixture.steered.fail("write", undefined, { delivered: true });
    expect([await fixture.ask(data), await fixture.ask(data)]).toEqual(["access-2", "access-2"]);
    expect(fixture.events).toEqual(["provider_tokens_refreshed"]);
  });
});

test("no record contains a token, an identifier of tokens or a word of the provider", async () => {
  fixture.clock.advance(LIFE - 59);
  const description = "the grant of ada@example.com is over";
  fixture.provider.answer(() =>
    Response.json({ error: "odd", error_description: description }, { status: 400 }),
  );
  await fixture.ask(data);
  fixture.clock.advance(LIFE);
  await fixture.ask(data);
  expect(fixture.log.records).toHaveLength(2);
  for (const secret of [
    "access-",
    "refresh-",
    (data.providerTokens as { id: string }).id,
    ADA.id,
    "odd",
    "grant",
  ])
    expect(fixture.log.text).not.toContain(secret);
});
