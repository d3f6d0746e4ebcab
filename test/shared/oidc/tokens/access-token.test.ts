import { beforeEach, describe, expect, test } from "vitest";
import type { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import { ADA, CLAIMS, outcomeOf, TokenFixture } from "./token-fixture.ts";
import { idToken } from "./token-provider.ts";

/** Lifetime of the provider's access tokens in seconds. They are refreshed when less than 60 are left. */
const LIFE = 300;

let fixture: TokenFixture;
let data: Record<string, unknown>;

beforeEach(async () => {
  fixture = new TokenFixture({ life: LIFE });
  data = await fixture.signIn();
});

describe("an access token", () => {
  test("an access token is the one of the sign-in while a fifth of its life is left, and the provider is not asked", async () => {
    fixture.clock.advance(LIFE - 60);
    expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["access-1", 0]);
  });

  test("an access token is refreshed when less than a fifth of its life is left", async () => {
    fixture.clock.advance(LIFE - 59);
    expect([await fixture.ask(data), fixture.provider.refreshes]).toEqual(["access-2", 1]);
    expect(fixture.events).toEqual(["provider_tokens_refreshed"]);
  });

  test("an access token is not refreshed again by the requests after a refresh", async () => {
    fixture.clock.advance(LIFE - 1);
    const tokens = [await fixture.ask(data), await fixture.ask(data), await fixture.ask(data)];
    expect([tokens, fixture.provider.refreshes]).toEqual([["access-2", "access-2", "access-2"], 1]);
  });

  test("an access token is refreshed after it has expired", async () => {
    fixture.clock.advance(10 * LIFE);
    expect(await fixture.ask(data)).toBe("access-2");
  });

  test("an access token is refreshed again and again, each time with the refresh token of the last response", async () => {
    for (const expected of ["access-2", "access-3", "access-4"]) {
      fixture.clock.advance(LIFE);
      expect(await fixture.ask(data)).toBe(expected);
    }
    expect([...fixture.provider.uses]).toEqual([
      ["refresh-1", 1],
      ["refresh-2", 1],
      ["refresh-3", 1],
    ]);
  });

  test.each([
    [100, 69, 71, "30 seconds before its expiry, if a fifth of its life is shorter"],
    [20, 9, 11, "in the second half of a life of less than a minute"],
  ])(
    "an access token with a life of %i seconds is refreshed between %i and %i: %s",
    async (life, before, after) => {
      const short = new TokenFixture({ life });
      const session = await short.signIn();
      short.clock.advance(before);
      expect(await short.ask(session)).toBe("access-1");
      short.clock.advance(after - before);
      expect(await short.ask(session)).toBe("access-2");
    },
  );

  test("an access token without a stated life is refreshed after an hour at most", async () => {
    const silent = new TokenFixture();
    silent.provider.life = undefined;
    const session = await silent.signIn();
    silent.clock.advance(3600 / 2);
    expect(await silent.ask(session)).toBe("access-1");
    silent.clock.advance(3600 / 2);
    expect(await silent.ask(session)).toBe("access-2");
  });

  test("an access token with a life of no second at all is returned to the request that refreshed it", async () => {
    fixture.provider.life = 0;
    fixture.clock.advance(LIFE);
    expect([await fixture.ask(data), await fixture.ask(data)]).toEqual(["access-2", "access-3"]);
    expect(fixture.provider.reused).toEqual([]);
  });
});

describe("a refresh token", () => {
  test("a refresh token that the provider does not replace is used for the next refresh too", async () => {
    const keeping = new TokenFixture({ life: LIFE, rotates: false });
    const session = await keeping.signIn();
    for (const expected of ["access-2", "access-3"]) {
      keeping.clock.advance(LIFE);
      expect(await keeping.ask(session)).toBe(expected);
    }
    expect([...keeping.provider.uses]).toEqual([["refresh-1", 2]]);
  });

  test("a refresh token that was never issued leaves the access token valid until it expires, and then the session ends", async () => {
    const keeper = fixture.makeKeeper();
    const session = fixture.makeSession({});
    session.signIn(ADA);
    const { refresh_token: _, ...tokens } = fixture.provider.issue();
    await keeper.onSignIn(session, { tokens, claims: CLAIMS });
    const withoutRefresh = { ...session.toJSON() };
    fixture.clock.advance(LIFE - 1);
    expect(await fixture.ask(withoutRefresh)).toBe("access-2");
    fixture.clock.advance(1);
    expect(await fixture.ask(withoutRefresh)).toBe("ProviderTokensEndedError: expired");
  });
});

describe("parallel calls", () => {
  beforeEach(() => fixture.clock.advance(LIFE - 1));

  test("parallel calls of one instance share one refresh, also for several requests", async () => {
    const keeper = fixture.makeKeeper();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => fixture.ask(data, keeper)));
    expect([new Set(tokens), fixture.provider.refreshes]).toEqual([new Set(["access-2"]), 1]);
  });

  test("parallel calls of other instances get the valid token at once, while one instance refreshes it", async () => {
    const others: string[] = [];
    fixture.provider.answer(async (next) => {
      others.push(await fixture.ask(data), await fixture.ask(data));
      return next();
    });
    expect([await fixture.ask(data), others, fixture.waits]).toEqual([
      "access-2",
      ["access-1", "access-1"],
      [],
    ]);
  });

  test("parallel calls of an instance whose mark comes second get the valid token without a request to the provider", async () => {
    let first: string | undefined;
    fixture.steered.before("write", async () => {
      first = await fixture.ask(data);
    });
    expect([await fixture.ask(data), first, fixture.provider.refreshes]).toEqual(["access-2", "access-2", 1]);
  });

  test("parallel calls of a process that was frozen during a refresh do not join it, because its token may have expired", async () => {
    const keeper = fixture.makeKeeper();
    const { frozen, thaw } = await fixture.freeze(data, keeper);
    fixture.clock.advance(2 * LIFE);
    expect(await fixture.ask(data, keeper)).toBe("ProviderTokensEndedError: lost");
    thaw();
    await frozen;
    expect([...fixture.provider.uses]).toEqual([["refresh-1", 1]]);
  });

  test("parallel calls for several sessions of a user do not share their tokens", async () => {
    const keeper = fixture.makeKeeper();
    const other = await fixture.signIn(keeper);
    const tokens = await Promise.all([fixture.ask(data, keeper), fixture.ask(other, keeper)]);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe("while another instance refreshes an expired token", () => {
  beforeEach(() => fixture.clock.advance(LIFE));

  test("a request with an expired token that another instance refreshes waits once, for a second, and gets the new token", async () => {
    const { promise: isWaiting, resolve: onWaiting } = Promise.withResolvers<void>();
    const { promise: isStored, resolve: onStored } = Promise.withResolvers<void>();
    fixture.onWait = () => {
      onWaiting();
      return isStored;
    };
    let other: Promise<string> | undefined;
    fixture.provider.answer(async (next) => {
      other = fixture.ask(data);
      await isWaiting;
      return next();
    });
    const first = await fixture.ask(data);
    onStored();
    expect([first, await other, fixture.waits]).toEqual(["access-2", "access-2", [1000]]);
  });

  test("a request that finds no new token after its wait is answered with 503, and does not wait again", async () => {
    const others: string[] = [];
    fixture.provider.answer(async (next) => {
      others.push(await fixture.ask(data));
      return next();
    });
    expect(await fixture.ask(data)).toBe("access-2");
    expect([others, fixture.waits]).toEqual([["SessionUnavailableError"], [1000]]);
  });

  test("a request whose mark comes second waits too, and no refresh token is sent twice", async () => {
    const { promise: waits, resolve: onWait } = Promise.withResolvers<void>();
    const { promise: isDone, resolve: onDone } = Promise.withResolvers<void>();
    fixture.onWait = async () => {
      onWait();
      await isDone;
    };
    fixture.provider.answer(async (next) => {
      await waits;
      return next();
    });
    const tokens = [fixture.ask(data), fixture.ask(data)];
    await Promise.race(tokens);
    onDone();
    expect(await Promise.all(tokens)).toEqual(["access-2", "access-2"]);
    expect([...fixture.provider.uses]).toEqual([["refresh-1", 1]]);
  });
});

describe("a call that cannot have a token is refused with an error that names the remedy", () => {
  test("a call without a user is refused with an error that names requireUser", async () => {
    const call = fixture.makeKeeper().accessToken(fixture.makeSession(data));
    await expect(call).rejects.toThrow("no user is signed in; wrap the handler in requireUser");
  });

  test("a call for a session that was signed in without the provider is refused, because its user has to sign in again", async () => {
    const call = fixture.makeKeeper().accessToken(fixture.openSession({}));
    await expect(call).rejects.toThrow("before keepTokens was true; the user has to sign in again");
  });

  test.each(["x", null, ["x"], { id: 1 }])(
    "an identifier %j of another form counts as absent",
    async (stored) => {
      expect(await fixture.ask({ providerTokens: stored })).toBe("NoProviderTokensError: not_kept");
    },
  );
});

describe("the session ends, and the log says why:", () => {
  const ARRANGE: readonly [reason: string, when: string, arrange: () => unknown][] = [
    ["removed", "if another request has removed the tokens", () => fixture.removeAll()],
    [
      "unreadable",
      "if no key opens the tokens",
      () => fixture.makeKeeper({ keys: ["another key of at least 32 bytes, for tests"] }),
    ],
    [
      "other_issuer",
      "if the application has another issuer by now, which gets no refresh token",
      () => {
        fixture.provider.issuer = "https://other.example";
        fixture.clock.advance(LIFE);
      },
    ],
    [
      "rejected",
      "if the provider rejects the refresh token, although the access token is still valid",
      () => {
        fixture.provider.revokeAll();
        fixture.clock.advance(LIFE - 1);
      },
    ],
    [
      "other_subject",
      "if the ID token of a refresh is for another person",
      () => {
        fixture.provider.more = { id_token: idToken({ sub: "bob" }) };
        fixture.clock.advance(LIFE - 1);
      },
    ],
  ];

  test.each(ARRANGE)("the session ends with the reason %s %s", async (reason, _when, arrange) => {
    const keeper = (await arrange()) ?? fixture.makeKeeper();
    const session = fixture.openSession(data);
    const outcome = await outcomeOf((keeper as TokenKeeper).accessToken(session));
    expect(outcome).toBe(`ProviderTokensEndedError: ${reason}`);
    expect([session.user, session.size]).toEqual([undefined, 0]);
    expect(fixture.events).toEqual([`provider_tokens_ended: ${reason}`]);
    if (reason === "other_issuer") expect(fixture.provider.refreshes).toBe(0);
  });

  test("the session ends as rejected for the request that refreshed, and as removed for the parallel ones", async () => {
    fixture.provider.revokeAll();
    fixture.clock.advance(LIFE);
    const { promise: isEnded, resolve: onEnded } = Promise.withResolvers<void>();
    fixture.onWait = () => isEnded;
    const others: Promise<string>[] = [];
    fixture.provider.answer((next) => {
      others.push(fixture.ask(data), fixture.ask(data));
      return next();
    });
    const first = await fixture.ask(data);
    onEnded();
    expect([first, ...(await Promise.all(others)), await fixture.ask(data)]).toEqual([
      "ProviderTokensEndedError: rejected",
      ...Array.from({ length: 3 }, () => "ProviderTokensEndedError: removed"),
    ]);
  });

  test("the session does not end if a new sign-in replaces the tokens before they are removed", async () => {
    fixture.provider.revokeAll();
    fixture.clock.advance(LIFE);
    fixture.steered.before("remove", () => fixture.signIn(fixture.makeKeeper(), fixture.openSession(data)));
    expect([await fixture.ask(data), await fixture.ask(data), fixture.events]).toEqual([
      "access-2",
      "access-2",
      [],
    ]);
  });

  test("an ID token of the same person in a refresh changes nothing", async () => {
    fixture.provider.more = { id_token: idToken({ sub: CLAIMS.sub }) };
    fixture.clock.advance(LIFE);
    expect(await fixture.ask(data)).toBe("access-2");
  });
});
