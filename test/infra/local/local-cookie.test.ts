import fc from "fast-check";
import { resolveSettings, type SessionSettings } from "lambda-sessions";
import { describe, expect, test } from "vitest";
import { toLocalSessionSettings } from "../../../infra/local/run/gateway/local-cookie.ts";

function local(settings?: SessionSettings) {
  return JSON.parse(toLocalSessionSettings(settings && JSON.stringify(settings)));
}

describe("the settings of the local run", () => {
  test("the local run keeps all settings of the session except those of the cookie", () => {
    expect(local({ flask: true, lifetime: 60 })).toEqual({
      flask: true,
      lifetime: 60,
      cookie: { secure: false },
    });
    expect(local()).toEqual({ cookie: { secure: false } });
  });

  test.each([
    [{ name: "__Host-session" }, { name: "session" }],
    [{ name: "__Secure-sid", domain: "example.com" }, { name: "sid" }],
    [{ name: "__host-" }, { name: "session" }],
    [
      { name: "sid", path: "/app", httpOnly: false },
      { name: "sid", path: "/app", httpOnly: false },
    ],
    [{ sameSite: "none", partitioned: true, secure: true }, { sameSite: "lax" }],
    [
      { sameSite: "strict", priority: "high" },
      { sameSite: "strict", priority: "high" },
    ],
  ] as const)("the local run changes the cookie settings %j to %j, without Secure", (cookie, kept) => {
    expect(local({ cookie })).toEqual({ cookie: { ...kept, secure: false } });
  });

  test("a browser keeps the local cookie over plain HTTP, whatever settings are deployed", () => {
    const cookie = fc.record(
      {
        name: fc.constantFrom("__Host-session", "__Secure-a", "__hOST-b", "plain"),
        domain: fc.constant("example.com"),
        secure: fc.constant(true),
        sameSite: fc.constantFrom("lax", "strict", "none", "unset"),
        partitioned: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(cookie, fc.boolean(), (deployed, flask) => {
        const resolved = resolveSettings(local({ flask, cookie: deployed as object })).cookie;
        expect(resolved).toMatchObject({ secure: false, partitioned: false });
        expect(resolved.domain).toBeUndefined();
        expect(resolved.name).not.toMatch(/^__/);
        expect(resolved.sameSite).not.toBe("none");
      }),
    );
  });
});
