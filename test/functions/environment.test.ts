import { describe, expect, test, vi } from "vitest";
import {
  freshForFrom,
  hasOidcFrom,
  keepsTokensFrom,
  oidcClientFrom,
  signInFrom,
} from "../../functions/runtime/environment.ts";
import { headerTransportFrom } from "../../functions/runtime/header-transport.ts";
import { SETTINGS } from "../../infra/settings/settings.ts";
import { startApplication } from "./application.ts";

const NEW_KEY = "a secret key of at least 32 bytes, newer";
const OLD_KEY = "a secret key of at least 32 bytes, older";

test("a function logs nothing while it starts, because no visitor's session begins", async () => {
  const spies = (["info", "warn", "error", "log"] as const).map((name) => vi.spyOn(console, name));
  const browser = await startApplication();
  expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
  await browser.post("/probe?user=ada");
  expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([['{"level":"INFO","event":"session_began"}']]);
});

describe("the functions' environment", () => {
  test("SESSION_SETTINGS applies to the sessions of all functions", async () => {
    const browser = await startApplication({
      SESSION_SETTINGS: '{"permanent":true,"lifetime":60,"cookie":{"name":"sid","sameSite":"strict"}}',
    });
    expect((await browser.post("/probe?user=ada")).cookies).toEqual([
      expect.stringMatching(/^sid=.*; Max-Age=60;.*SameSite=Strict/),
    ]);
  });

  test("the first key of SESSION_SECRET_KEYS signs, and all of them verify", async () => {
    const before = await startApplication({ SESSION_SECRET_KEYS: JSON.stringify([OLD_KEY]) });
    const [cookie = ""] = (await before.post("/probe?user=ada")).cookies;
    const after = await startApplication({ SESSION_SECRET_KEYS: JSON.stringify([NEW_KEY, OLD_KEY]) });
    after.jar.store(cookie, "https://app.example.com/");
    expect((await after.get("/probe")).json()).toEqual({ user: "ada" });
  });

  test("without the variables of the keys a handler that only reads works, and one that writes names them", async () => {
    const browser = await startApplication({ SESSION_SECRET_KEYS: undefined, SESSION_SECRET_ARN: undefined });
    expect((await browser.get("/probe")).json()).toEqual({ user: null });
    await expect(browser.post("/probe?user=ada")).rejects.toThrow(
      /without a secret key.*SESSION_SECRET_KEYS/,
    );
  });

  test("functions fail at start with an error that names SESSION_SECRET_ARN if it is empty", async () => {
    const environment = { SESSION_SECRET_KEYS: undefined, SESSION_SECRET_ARN: "" };
    await expect(startApplication(environment)).rejects.toThrow(
      expect.objectContaining({ name: "OptionError", option: "SESSION_SECRET_ARN" }),
    );
  });

  test.each<[name: string, value: string, option: string]>([
    ["SESSION_SECRET_KEYS", "a key that is no JSON, but long enough", "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", `"${NEW_KEY}"`, "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", '["short"]', "SESSION_SECRET_KEYS[0]"],
    ["SESSION_SECRET_KEYS", "", "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", "[]", "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", '[""]', "SESSION_SECRET_KEYS[0]"],
    ["SESSION_SETTINGS", "{", "SESSION_SETTINGS"],
    ["SESSION_SETTINGS", "null", "SESSION_SETTINGS"],
    ["SESSION_SETTINGS", "5", "SESSION_SETTINGS"],
    ["SESSION_SETTINGS", "[]", "SESSION_SETTINGS"],
    ["SESSION_SETTINGS", '{"lifetme":5}', "lifetme"],
    ["SESSION_SETTINGS", '{"cookie":{"sameSite":"none","secure":false}}', "cookie.sameSite"],
    ["SESSION_TRUSTED_ORIGINS", "https://a.example", "SESSION_TRUSTED_ORIGINS"],
    ["SESSION_TRUSTED_ORIGINS", '"https://a.example"', "trustedOrigins"],
    ["SESSION_TRUSTED_ORIGINS", '{"a":1}', "trustedOrigins"],
    ["SESSION_TRUSTED_ORIGINS", '["a.example"]', "trustedOrigins"],
    ["SESSION_CROSS_ORIGIN_PROTECTION", "no", "SESSION_CROSS_ORIGIN_PROTECTION"],
    ["SESSION_CROSS_ORIGIN_PROTECTION", "0", "SESSION_CROSS_ORIGIN_PROTECTION"],
  ])("functions fail at start with an error that names the option for %s=%s", async (name, value, option) => {
    await expect(startApplication({ [name]: value })).rejects.toThrow(
      expect.objectContaining({ name: "OptionError", option }),
    );
  });

  test("errors about the keys do not contain them", async () => {
    const error = await startApplication({ SESSION_SECRET_KEYS: `["${NEW_KEY}", "short"` }).catch(String);
    expect(error).toMatch(/SESSION_SECRET_KEYS/);
    expect(error).not.toMatch(/newer|short/);
  });

  test.each([
    [undefined, 403],
    ["true", 403],
    ["false", 200],
  ])(
    "a POST from another site with SESSION_CROSS_ORIGIN_PROTECTION=%s is answered with %i",
    async (protection, status) => {
      const browser = await startApplication({ SESSION_CROSS_ORIGIN_PROTECTION: protection });
      const answer = await browser.post("/probe?user=ada", {}, { from: "https://evil.example" });
      expect(answer.status).toBe(status);
    },
  );

  test("functions start without SESSION_SETTINGS and SESSION_TRUSTED_ORIGINS", async () => {
    vi.stubEnv("SESSION_SETTINGS", undefined);
    const browser = await startApplication({ SESSION_TRUSTED_ORIGINS: undefined });
    expect((await browser.post("/probe?user=ada")).status).toBe(200);
  });
});

describe("the time for which an authentication is fresh", () => {
  test("an authentication is fresh for the setting's default without SESSION_FRESH_FOR", () => {
    expect(freshForFrom({})).toBe(SETTINGS.freshFor.default);
    expect(freshForFrom({ SESSION_FRESH_FOR: "900" })).toBe(900);
  });

  test.each(["", "0", "-5", "1.5", "15m", "1e3", "Infinity"])(
    "the value %j of SESSION_FRESH_FOR is rejected with the variable's name",
    (SESSION_FRESH_FOR) => {
      expect(() => freshForFrom({ SESSION_FRESH_FOR })).toThrow(
        expect.objectContaining({ name: "OptionError", option: "SESSION_FRESH_FOR" }),
      );
    },
  );
});

describe("the sign-in of the functions' environment", () => {
  test("an identity provider signs visitors in with SIGN_IN=oidc only", () => {
    expect([hasOidcFrom({}), hasOidcFrom({ SIGN_IN: "oidc" })]).toEqual([false, true]);
  });

  test.each(["", "OIDC", "true"])(
    "the value %j of SIGN_IN is rejected with the variable's name",
    (SIGN_IN) => {
      expect(() => hasOidcFrom({ SIGN_IN })).toThrow(
        expect.objectContaining({ name: "OptionError", option: "SIGN_IN" }),
      );
    },
  );
});

describe("the environment of the sign-in with OpenID Connect", () => {
  test("OIDC_KEEP_TOKENS is true or absent, and another value is rejected with the variable's name", () => {
    expect([keepsTokensFrom({}), keepsTokensFrom({ OIDC_KEEP_TOKENS: "true" })]).toEqual([false, true]);
    expect(() => keepsTokensFrom({ OIDC_KEEP_TOKENS: "yes" })).toThrow(
      expect.objectContaining({ name: "OptionError", option: "OIDC_KEEP_TOKENS" }),
    );
  });

  const client = { OIDC_ISSUER: "https://accounts.example.com", OIDC_CLIENT_ID: "client-1" };

  test("OIDC_ISSUER and OIDC_CLIENT_ID name a public client at the provider", () => {
    const options = { issuer: "https://accounts.example.com", clientId: "client-1" };
    expect(oidcClientFrom(client)).toEqual(options);
    expect(signInFrom(client)).toEqual({});
  });

  test("OIDC_CLIENT_SECRET is the client secret, even beside OIDC_CLIENT_SECRET_ARN", async () => {
    const secrets = { OIDC_CLIENT_SECRET: "a client secret", OIDC_CLIENT_SECRET_ARN: "arn:secret" };
    expect(await oidcClientFrom({ ...client, ...secrets }).clientSecret?.()).toBe("a client secret");
  });

  test("OIDC_CLIENT_SECRET_ARN is read when the client secret is needed, and not before", async () => {
    const unreachable = { AWS_ENDPOINT_URL_SECRETS_MANAGER: "http://127.0.0.1:1" };
    const { clientSecret } = oidcClientFrom({
      ...client,
      ...unreachable,
      OIDC_CLIENT_SECRET_ARN: "arn:secret",
    });
    await expect(clientSecret?.()).rejects.toThrow("Secrets Manager cannot be reached");
  });

  test("scope, contexts, response mode, sign-out and the visitors' origin are options of the routes", () => {
    const options = {
      OIDC_SCOPE: "openid email",
      OIDC_ACR: "mfa hwk",
      OIDC_RESPONSE_MODE: "form_post",
      OIDC_SIGN_OUT_URL: "https://users.example.com/logout",
      PUBLIC_ORIGIN: "https://www.example.com",
    };
    expect(signInFrom(options)).toEqual({
      scope: "openid email",
      acr: "mfa hwk",
      responseMode: "form_post",
      signOutUrl: "https://users.example.com/logout",
      publicOrigin: "https://www.example.com",
    });
  });

  test.each([
    [{ ...client, OIDC_ISSUER: undefined }, "OIDC_ISSUER"],
    [{ ...client, OIDC_CLIENT_ID: "" }, "OIDC_CLIENT_ID"],
    [{ ...client, OIDC_CLIENT_SECRET_ARN: "" }, "OIDC_CLIENT_SECRET_ARN"],
    [{ ...client, OIDC_RESPONSE_MODE: "fragment" }, "OIDC_RESPONSE_MODE"],
  ])("in %j, the error names %s", (environment, option) => {
    expect(() => ({ ...oidcClientFrom(environment), ...signInFrom(environment) })).toThrow(
      expect.objectContaining({ name: "OptionError", option }),
    );
  });
});

describe("the transport of sessions", () => {
  test.each(["header", "both"] as const)(
    "SESSION_TRANSPORT=%s is read with the session settings",
    (transport) => {
      const environment = { SESSION_TRANSPORT: transport, SESSION_SETTINGS: '{"lifetime":60}' };
      expect(headerTransportFrom(environment)).toEqual({ transport, settings: { lifetime: 60 } });
    },
  );

  test.each([undefined, "", "cookie", "Header"])("an error names SESSION_TRANSPORT if it is %j", (value) => {
    expect(() => headerTransportFrom({ SESSION_TRANSPORT: value })).toThrow(
      expect.objectContaining({ name: "OptionError", option: "SESSION_TRANSPORT" }),
    );
  });
});
