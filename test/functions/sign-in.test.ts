import type { Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { startApplication } from "./application.ts";

interface Data {
  key: string;
}

let browser: Browser<Data>;

beforeEach(async () => {
  browser = await startApplication<Data>();
});

/** Returns the messages for the next page. */
async function flashes(): Promise<readonly string[]> {
  return browser.editSession((session) => session.flashes().map(({ message }) => String(message)));
}

async function whoIs(): Promise<unknown> {
  return browser.editSession(({ user = null }) => user);
}

describe("POST /sign-in", () => {
  test("POST /sign-in signs in a visitor who gives a name, and redirects to the page with a flash", async () => {
    const response = await browser.post("/sign-in", { name: "Ada" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(await whoIs()).toEqual({ id: "Ada", name: "Ada" });
    expect(await flashes()).toEqual(["You are signed in as Ada."]);
  });

  test("POST /sign-in keeps the data of a visitor who was not signed in", async () => {
    await browser.editSession((session) => session.set("key", "value"));
    await browser.post("/sign-in", { name: "Ada" });
    expect(await browser.editSession((session) => session.get("key"))).toBe("value");
  });

  test("POST /sign-in removes the data of another user", async () => {
    await browser.post("/sign-in", { name: "Ada" });
    await browser.editSession((session) => session.set("key", "value"));
    await browser.post("/sign-in", { name: "Bob" });
    expect(await whoIs()).toEqual({ id: "Bob", name: "Bob" });
    expect(await browser.editSession((session) => session.get("key"))).toBeUndefined();
  });

  test.each<[string, string, stored: string]>([
    ["of 100 characters", "x".repeat(100), "x".repeat(100)],
    ["of 100 characters beyond the first plane", "𝄞".repeat(100), "𝄞".repeat(100)],
    ["with space around it", "  Ada Lovelace ", "Ada Lovelace"],
    ["that looks like a property", "__proto__", "__proto__"],
  ])("POST /sign-in accepts a name %s", async (_what, name, stored) => {
    expect((await browser.post("/sign-in", { name })).status).toBe(303);
    expect(await whoIs()).toEqual({ id: stored, name: stored });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["no name", {}],
    ["another field", { user: "Ada" }],
    ["an empty name", { name: "" }],
    ["a blank name", { name: " \t " }],
    ["a name of 101 characters", { name: "x".repeat(101) }],
  ])("POST /sign-in answers %s with 400 and a sentence, and signs nobody in", async (_what, form) => {
    const response = await browser.post("/sign-in", form);
    expect([response.status, response.cookies]).toEqual([400, []]);
    expect(response.body).toMatch(/^[A-Z].*\.\n$/);
    expect(await whoIs()).toBeNull();
  });

  test.each<[string, body: string | undefined, type: string]>([
    ["JSON", '{"name":"Ada"}', "application/json"],
    ["text", "name=Ada", "text/plain"],
    [
      "a multipart form",
      '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nAda\r\n--x--',
      "multipart/form-data; boundary=x",
    ],
    ["an unknown type", "name=Ada", "nonsense"],
    ["an empty type", "name=Ada", ""],
  ])("POST /sign-in answers %s with 415", async (_what, body, type) => {
    const response = await browser.post(
      "/sign-in",
      {},
      { ...(body && { body }), headers: { "content-type": type } },
    );
    expect([response.status, await whoIs()]).toEqual([415, null]);
  });

  test("POST /sign-in answers a request without body and type with 415", async () => {
    expect((await browser.request("POST", "/sign-in")).status).toBe(415);
  });

  test.each([
    "application/x-www-form-urlencoded;charset=UTF-8",
    "Application/X-WWW-Form-URLEncoded",
    "application/x-www-form-urlencoded ; charset=utf-8",
  ])("POST /sign-in accepts a form of type %s", async (type) => {
    const response = await browser.post("/sign-in", { name: "Ada" }, { headers: { "content-type": type } });
    expect(response.status).toBe(303);
  });

  test("POST /sign-in accepts forms in Base64, as API Gateway sends them, and as text", async () => {
    const { handler } = await import("../../functions/sign-in.ts");
    const { httpApiEvent, lambdaContext } = await import("lambda-sessions/testing");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const encoded = httpApiEvent({ method: "POST", headers, body: "name=J%C3%BCrgen+%26+%E2%98%83" });
    expect(encoded.isBase64Encoded).toBe(true);
    const plain = { ...encoded, body: "name=J%C3%BCrgen+%26+%E2%98%83", isBase64Encoded: false };
    for (const event of [encoded, plain]) {
      const { statusCode, cookies: [cookie = ""] = [] } = await handler(event, lambdaContext());
      expect(statusCode).toBe(303);
      browser.jar.store(cookie, "https://app.example.com/");
      expect(await whoIs()).toEqual({ id: "Jürgen & ☃", name: "Jürgen & ☃" });
    }
  });

  test("POST /sign-in uses the first of several names", async () => {
    await browser.post("/sign-in", {}, { body: "name=Ada&name=Bob" });
    expect(await whoIs()).toMatchObject({ name: "Ada" });
  });
});

describe("POST /sign-out", () => {
  test("POST /sign-out removes user and data, and redirects to the page with a flash", async () => {
    await browser.editSession((session) => session.set("key", "value"));
    await browser.post("/sign-in", { name: "Ada" });
    const response = await browser.post("/sign-out");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(await flashes()).toEqual(["You are signed out."]);
    expect(await browser.editSession((session) => [session.user, session.get("key")])).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("POST /sign-out leaves no cookie once its flash was shown", async () => {
    await browser.post("/sign-in", { name: "Ada" });
    await browser.post("/sign-out");
    await flashes();
    expect(browser.jar.header("https://app.example.com/")).toBeUndefined();
  });

  test("POST /sign-out redirects a visitor who is not signed in", async () => {
    expect((await browser.post("/sign-out")).status).toBe(303);
  });
});

describe.each(["/sign-in", "/sign-out"])("POST %s from another site", (path) => {
  test.each(["https://evil.example", "https://other.example.com"])(
    "a form of another site is refused with 403: %s",
    async (from) => {
      const warn = vi.spyOn(console, "warn").mockReturnValue();
      await browser.post("/sign-in", { name: "Ada" });
      const response = await browser.post(path, { name: "Mallory" }, { from });
      expect([response.status, response.cookies]).toEqual([403, []]);
      expect(await whoIs()).toMatchObject({ name: "Ada" });
      expect(warn).toHaveBeenCalledOnce();
    },
  );

  test("a form of another site is answered when SESSION_TRUSTED_ORIGINS names the site", async () => {
    const from = "https://partner.example";
    browser = await startApplication<Data>({ SESSION_TRUSTED_ORIGINS: JSON.stringify([from]) });
    expect((await browser.post(path, { name: "Ada" }, { from })).status).toBe(303);
  });
});
