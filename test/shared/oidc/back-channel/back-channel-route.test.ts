import { describe, expect, test } from "vitest";
import { createBackChannelRoute } from "../../../../shared/oidc/back-channel/back-channel-route.ts";
import { OidcClient } from "../../../../shared/oidc/provider/oidc-client.ts";
import { OptionError } from "../../../../shared/options/option-error.ts";
import { SessionUnavailableError } from "../../../../shared/session/session-errors.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { httpApiEvent1, lambdaContext } from "../../../../shared/testing/events.ts";
import { BackChannelFixture, logoutRequest } from "./back-channel-fixture.ts";

describe("requests", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test.each([
    ["without a body", { headers: form }],
    ["without the parameter logout_token", { headers: form, body: "token=a" }],
    ["with an empty logout_token", { headers: form, body: "logout_token=" }],
    ["with two logout tokens", { headers: form, body: "logout_token=a&logout_token=b" }],
    ["with more than 64 KiB", { headers: form, body: `logout_token=a&b=${"c".repeat(64 * 1024)}` }],
    ["in JSON", { headers: { "content-type": "application/json" }, body: '{"logout_token":"a"}' }],
    ["without a content type", { body: "logout_token=a" }],
  ])("a request %s is answered with 400", async (_what, request) => {
    const fixture = await BackChannelFixture.start();
    const response = await fixture.call({ method: "POST", url: "/sign-out/back-channel", ...request });
    expect([response.statusCode, fixture.reasons]).toEqual([400, ["malformed_request"]]);
    expect(fixture.provider.requests.discovery).toBe(0);
  });

  test("other parameters of the form are ignored", async () => {
    const fixture = await BackChannelFixture.start();
    const request = logoutRequest(await fixture.token());
    expect((await fixture.call({ ...request, body: `a=b&${request.body}&c=` })).statusCode).toBe(200);
  });

  test("a request of another site's server is accepted with payload 1.0 and a content type with a charset", async () => {
    const fixture = await BackChannelFixture.start();
    const request = logoutRequest(await fixture.token());
    const headers = {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      origin: "https://provider.example",
      "sec-fetch-site": "cross-site",
    };
    const event = httpApiEvent1({ ...request, headers });
    expect((await fixture.handler(event, lambdaContext())).statusCode).toBe(200);
  });
});

describe("the id of a logout token", () => {
  test("a logout token that is sent again is answered with 400, and nothing ends a second time", async () => {
    const fixture = await BackChannelFixture.start();
    const token = await fixture.token();
    expect((await fixture.send(token)).statusCode).toBe(200);
    expect((await fixture.send(token)).statusCode).toBe(400);
    expect(fixture.ended).toHaveLength(1);
    expect(fixture.reasons).toEqual(["provider_signed_out", "token_replayed"]);
  });

  test("a logout token is refused as used until it would be refused as expired", async () => {
    const fixture = await BackChannelFixture.start();
    const token = await fixture.token();
    await fixture.send(token);
    for (let minute = 1; minute <= 10; minute++) {
      fixture.clock.advance(60);
      expect((await fixture.send(token)).statusCode).toBe(400);
    }
    expect(fixture.reasons.slice(1)).toEqual([
      ...Array(2).fill("token_replayed"),
      ...Array(8).fill("token_expired"),
    ]);
  });

  test("another token with the same sub and sid is accepted", async () => {
    const fixture = await BackChannelFixture.start();
    await fixture.send(await fixture.token());
    expect((await fixture.send(await fixture.token())).statusCode).toBe(200);
  });

  test("parallel deliveries of one token are answered with 200 or 400, one of them with 200", async () => {
    const fixture = await BackChannelFixture.start();
    const token = await fixture.token();
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => fixture.send(token)))).map(
      ({ statusCode }) => statusCode,
    );
    expect(statuses).toContain(200);
    expect(statuses.filter((status) => status !== 200 && status !== 400)).toEqual([]);
    expect((await fixture.send(token)).statusCode).toBe(400);
  });
});

describe("failures", () => {
  test("a logout is answered with 503 when the sessions cannot be ended, and succeeds when it is sent again", async () => {
    const fixture = await BackChannelFixture.start();
    const token = await fixture.token();
    fixture.problem = new SessionUnavailableError("DynamoDB failed", { cause: new Error("secret detail") });
    const response = await fixture.send(token);
    expect(response).toMatchObject({
      statusCode: 503,
      headers: { "retry-after": "30", "cache-control": "no-store", "content-type": "application/json" },
    });
    expect(JSON.parse(`${response.body}`).error).toBe("temporarily_unavailable");
    expect(fixture.log.records).toEqual([
      {
        level: "ERROR",
        event: "provider_sign_out_failed",
        reason: "session_unavailable",
        message: "DynamoDB failed: Error",
      },
    ]);
    fixture.problem = undefined;
    expect((await fixture.send(token)).statusCode).toBe(200);
    expect(fixture.ended).toHaveLength(1);
  });

  test.each(["read", "write"] as const)(
    "a logout is answered with 503 when the store of the items fails to %s, and succeeds when it is sent again",
    async (method) => {
      let fails = false;
      const fixture = await BackChannelFixture.start((clock) => {
        const items = new MemoryConditionalStore({ clock });
        const original = items[method].bind(items) as (...parameters: never[]) => Promise<never>;
        const failing = async (...parameters: never[]): Promise<never> => {
          if (fails) throw new SessionUnavailableError("DynamoDB failed");
          return original(...parameters);
        };
        return Object.assign(items, { [method]: failing });
      });
      const token = await fixture.token();
      fails = true;
      expect((await fixture.send(token)).statusCode).toBe(503);
      fails = false;
      expect((await fixture.send(token)).statusCode).toBe(200);
    },
  );

  test.each(["discovery", "keys"] as const)(
    "a logout is answered with 503 when the provider's %s cannot be read, and succeeds when it is sent again",
    async (endpoint) => {
      const fixture = await BackChannelFixture.start();
      const token = await fixture.token();
      fixture.provider.responders[endpoint] = (response) => void response.writeHead(500).end();
      const { statusCode, headers } = await fixture.send(token);
      expect([statusCode, headers?.["retry-after"]]).toEqual([503, "30"]);
      expect(fixture.reasons).toEqual(["provider_unavailable"]);
      delete fixture.provider.responders[endpoint];
      fixture.clock.advance(30);
      expect((await fixture.send(token)).statusCode).toBe(200);
    },
  );

  test("a logout of a key that is not known yet is answered with 429, and succeeds when the key can be read", async () => {
    const fixture = await BackChannelFixture.start();
    await fixture.send(await fixture.token());
    await fixture.provider.rotateKeys();
    fixture.provider.responders.keys = (response) => void response.writeHead(500).end();
    const token = await fixture.token();
    const { statusCode, headers } = await fixture.send(token);
    expect([statusCode, headers?.["retry-after"]]).toEqual([429, "30"]);
    expect(fixture.log.records.at(-1)).toEqual({
      level: "WARN",
      event: "provider_sign_out_refused",
      reason: "token_unknown_key",
    });
    delete fixture.provider.responders.keys;
    fixture.clock.advance(30);
    expect((await fixture.send(token)).statusCode).toBe(200);
  });

  test("a hundred logout tokens of unknown keys, which anybody can make, are no server errors and make the keys be read once", async () => {
    const fixture = await BackChannelFixture.start();
    await fixture.send(await fixture.token());
    const before = fixture.provider.requests.keys;
    for (let count = 0; count < 100; count++)
      expect((await fixture.send(await fixture.token({}, { kid: `unknown-${count}` }))).statusCode).toBe(429);
    expect(fixture.provider.requests.keys - before).toBe(1);
  });

  test("an error of another kind is thrown, so that Lambda reports it", async () => {
    const fixture = await BackChannelFixture.start();
    fixture.problem = new RangeError("a defect");
    await expect(fixture.send(await fixture.token())).rejects.toThrow("a defect");
  });
});

describe("options", () => {
  const options = {
    client: new OidcClient({ issuer: "https://provider.example", clientId: "client-1" }),
    sessions: { endByProvider: async () => 0 },
    items: new MemoryConditionalStore(),
  };

  test.each(["client", "sessions", "items"])(
    "createBackChannelRoute rejects a value of another type as the option %s",
    (name) => {
      const making = () => createBackChannelRoute({ ...options, [name]: {} });
      expect(making).toThrow(OptionError);
      expect(making).toThrow(`${name}: must be`);
    },
  );
});
