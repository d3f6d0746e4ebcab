import { describe, expect, test, vi } from "vitest";
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

  test.each<[string, string | undefined]>([
    ["no variable", undefined],
    ["an empty array", "[]"],
  ])(
    "without keys (%s) a handler that only reads works, and one that writes names what is missing",
    async (_what, keys) => {
      const browser = await startApplication({ SESSION_SECRET_KEYS: keys, SESSION_SECRET_ARN: undefined });
      expect((await browser.get("/probe")).json()).toEqual({ user: null });
      await expect(browser.post("/probe?user=ada")).rejects.toThrow(/no secret key.*SESSION_SECRET_KEYS/);
    },
  );

  test.each<[name: string, value: string, option: string]>([
    ["SESSION_SECRET_KEYS", "a key that is no JSON, but long enough", "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", `"${NEW_KEY}"`, "SESSION_SECRET_KEYS"],
    ["SESSION_SECRET_KEYS", '["short"]', "SESSION_SECRET_KEYS[0]"],
    ["SESSION_SECRET_KEYS", "", "SESSION_SECRET_KEYS"],
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
