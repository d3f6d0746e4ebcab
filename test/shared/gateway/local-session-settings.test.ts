import fc from "fast-check";
import { resolveSettings, type SessionSettings } from "lambda-sessions";
import { describe, expect, test } from "vitest";
import { toLocalSessionSettings } from "../../../shared/gateway/http-api/local-session-settings.ts";

function local(settings?: SessionSettings) {
  return JSON.parse(toLocalSessionSettings(settings && JSON.stringify(settings), "/projects/shop"));
}

describe("the settings of the local run", () => {
  test("the local run keeps all settings of the session except those of the cookie", () => {
    expect(local({ flask: true, lifetime: 60 })).toEqual({
      flask: true,
      lifetime: 60,
      cookie: { secure: false },
    });
    expect(local({ lifetime: 60 })).toMatchObject({ lifetime: 60 });
  });

  test("the default name of the cookie is another one for each project, and Flask's own with flask", () => {
    const nameOf = (root: string) => JSON.parse(toLocalSessionSettings(undefined, root)).cookie.name;
    expect(nameOf("/projects/shop")).toMatch(/^session-[\da-f]{6}$/);
    expect(nameOf("/projects/shop")).toBe(nameOf("/projects/shop"));
    expect(nameOf("/projects/shop")).not.toBe(nameOf("/projects/blog"));
    expect(resolveSettings(local({ flask: true })).cookie.name).toBe("session");
  });

  test.each([
    [{ name: "__Host-session" }, { name: "session" }],
    [{ name: "__Secure-sid", domain: "example.com" }, { name: "sid" }],
    [{ name: "__host-" }, { name: "session" }],
    [{ name: "__Http-sid" }, { name: "sid" }],
    [{ name: "__Host-Http-sid" }, { name: "sid" }],
    [{ name: "__hOST-hTTP-" }, { name: "session" }],
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
    expect(local({ cookie })).toEqual({ cookie: { name: local().cookie.name, ...kept, secure: false } });
  });

  test("a browser keeps the local cookie over plain HTTP, whatever settings are deployed", () => {
    const cookie = fc.record(
      {
        name: fc.constantFrom(
          "__Host-session",
          "__Secure-a",
          "__hOST-b",
          "__Http-c",
          "__Host-Http-d",
          "plain",
        ),
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
