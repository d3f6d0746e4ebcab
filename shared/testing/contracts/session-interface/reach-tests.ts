import { describe, expect, test } from "vitest";
import { ADA, type InterfaceContract } from "./interface-contract.ts";

/** Tests of requests to which browsers do not send the cookie: outside its path, or caused by other sites. */
export function testReach(contract: InterfaceContract): void {
  describe("a cookie with a path", () => {
    test.each(["/", "/other", "/application", "/APP"])(
      "a change at %s throws, and the session below /app stays",
      async (url) => {
        await contract.start({ cookie: { path: "/app" } });
        await contract.visitor.visit((session) => session.set("visits", 1), { url: "/app" });
        await expect(contract.visitor.visit((session) => session.set("visits", 7), { url })).rejects.toThrow(
          /cannot be changed at \S+, because .* \/app and below.*cookie\.path/,
        );
        const { result } = await contract.visitor.visit((session) => session.get("visits"), { url: "/app" });
        expect(result).toBe(1);
      },
    );

    test("a change at /app throws if the path ends with a slash", async () => {
      await contract.start({ cookie: { path: "/app/" } });
      const change = contract.visitor.visit((session) => session.set("visits", 1), { url: "/app" });
      await expect(change).rejects.toThrow("cookie.path");
    });

    test("a session reads as empty outside the path, even if a cookie of the name arrives there", async () => {
      await contract.start({ cookie: { path: "/app" } });
      const { setCookie = "" } = await contract.visitor.visit((session) => session.set("visits", 1), {
        url: "/app",
      });
      const cookies = [setCookie.split(";", 1).join()];
      const { result, ...saved } = await contract.visitor.visit(({ size, isNew }) => [size, isNew], {
        url: "/other",
        cookies,
      });
      expect([result, saved]).toEqual([[0, true], { vary: false }]);
    });

    test.each([
      ["/app", "/app"],
      ["/app", "/app/"],
      ["/app", "/app/cart?a=1"],
      ["/app/", "/app/cart"],
      ["/", "/anything"],
    ])("a session with the path %s begins at %s", async (path, url) => {
      await contract.start({ cookie: { path } });
      await contract.visitor.visit((session) => session.set("visits", 1), { url });
      expect((await contract.visitor.visit((session) => session.get("visits"), { url })).result).toBe(1);
    });
  });

  describe.each([
    ["strict", "GET", "a link on another site"],
    ["strict", "POST", "a form on another site"],
    ["lax", "POST", "a form on another site"],
  ] as const)("SameSite=%s and a %s caused by another site", (sameSite, method, cause) => {
    const foreign = { method, cookies: [], headers: { "sec-fetch-site": "cross-site" } };

    test(`a session that the browser did not send with ${cause} is not replaced`, async () => {
      await contract.start({ cookie: { sameSite } });
      const { visitor } = contract;
      await visitor.visit((session) => session.set("visits", 1));
      const { setCookie, vary } = await visitor.visit((session) => session.set("visits", 7).renew(), foreign);
      expect([setCookie, vary]).toEqual([undefined, true]);
      expect(contract.log.records).toEqual([
        {
          level: "WARN",
          event: "session_refused",
          reason: "cross_site",
          cookie: expect.stringContaining("session"),
        },
      ]);
      expect(await contract.data()).toEqual({ visits: 1 });
    });

    test(`a session that the browser did not send with ${cause} is not deleted`, async () => {
      await contract.start({ cookie: { sameSite } });
      const { visitor } = contract;
      await visitor.visit((session) => session.set("visits", 1));
      expect((await visitor.visit((session) => session.signOut(), foreign)).setCookie).toBeUndefined();
      expect(await contract.data()).toEqual({ visits: 1 });
    });

    test(`a sign-in by ${cause} begins a session`, async () => {
      await contract.start({ cookie: { sameSite } });
      await contract.visitor.visit((session) => session.signIn(ADA), foreign);
      expect(await contract.read((session) => session.user)).toEqual(ADA);
    });

    test(`a session that the browser sent with ${cause} is saved`, async () => {
      await contract.start({ cookie: { sameSite } });
      const { setCookie = "" } = await contract.visitor.visit((session) => session.set("visits", 1));
      const cookies = [setCookie.split(";", 1).join()];
      await contract.visitor.visit((session) => session.set("visits", 2), { ...foreign, cookies });
      expect(await contract.data()).toEqual({ visits: 2 });
    });
  });

  test.each([
    ["lax", "GET", "cross-site"],
    ["none", "POST", "cross-site"],
    ["strict", "GET", "same-site"],
    ["strict", "GET", "none"],
    ["strict", "POST", "same-origin"],
  ] as const)(
    "a session begins with SameSite=%s and a %s with Sec-Fetch-Site %s",
    async (sameSite, method, site) => {
      await contract.start({ cookie: { sameSite } });
      const headers = { "sec-fetch-site": site };
      await contract.visitor.visit((session) => session.set("visits", 1), { method, headers });
      expect(await contract.data()).toEqual({ visits: 1 });
    },
  );
}
