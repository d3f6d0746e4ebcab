import { describe, expect, test } from "vitest";
import { SignInWorld } from "./sign-in-world.ts";

async function start() {
  const world = await SignInWorld.start({ responseMode: "form_post" });
  const browser = world.browser();
  const location = await world.begin(browser, "/sign-in?returnTo=/orders");
  return { world, browser, location, parameters: world.provider.authorize(location) };
}

describe("the response mode form_post", () => {
  test("a form of the provider's page signs the visitor in, although it brings no cookie", async () => {
    const { world, browser, location, parameters } = await start();
    expect(new URL(location).searchParams.get("response_mode")).toBe("form_post");
    const form = { ...parameters, session_state: "x" };
    const response = await browser.post("/sign-in/callback", form, { from: world.provider.issuer });
    const next = response.headers.get("location") ?? "";
    expect([response.status, response.cookies]).toEqual([303, []]);
    expect(next).toMatch(/^\/sign-in\/callback\?response=%7E[\w-]+$/);
    expect(next).not.toContain(parameters.code);
    const last = await browser.get(next, { from: world.provider.issuer });
    expect([last.status, last.headers.get("location")]).toEqual([303, "/orders"]);
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("the address after the longest form fits a request of API Gateway", async () => {
    const { world, browser } = await start();
    const form = { code: "x".repeat(3000), state: "x".repeat(3100) };
    const response = await browser.post("/sign-in/callback", form, { from: world.provider.issuer });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")?.length).toBeLessThan(8400);
  });

  test("the transaction's cookie is SameSite=Lax, so that no other site's form carries it", async () => {
    const world = await SignInWorld.start({ responseMode: "form_post" });
    expect((await world.browser().get("/sign-in")).cookies[0]).toMatch(/SameSite=Lax$/);
  });

  test("a sealed response of another browser signs nobody in", async () => {
    const { world, browser, parameters } = await start();
    const response = await browser.post("/sign-in/callback", parameters, { from: world.provider.issuer });
    const victim = world.browser();
    expect((await victim.get(response.headers.get("location") ?? "")).status).toBe(400);
    expect(world.reasons).toEqual(["unknown_state"]);
    expect(await world.userOf(victim)).toBeUndefined();
  });

  test("a sealed response is refused after two minutes", async () => {
    const { world, browser, parameters } = await start();
    const response = await browser.post("/sign-in/callback", parameters, { from: world.provider.issuer });
    world.clock.advance(121);
    expect((await browser.get(response.headers.get("location") ?? "")).status).toBe(400);
    expect(world.reasons).toEqual(["expired_response"]);
  });

  test.each([
    ["a repeated parameter", "code=a&code=b", "application/x-www-form-urlencoded"],
    ["a parameter that is too long", `code=${"x".repeat(4097)}`, "application/x-www-form-urlencoded"],
    [
      "parameters that are too long together for an address",
      `code=${"x".repeat(3500)}&error=${"x".repeat(3500)}`,
      "application/x-www-form-urlencoded",
    ],
    [
      "a parameter that is too long when it is encoded",
      `code=${"%25".repeat(4000)}`,
      "application/x-www-form-urlencoded",
    ],
    ["another content type", '{"code":"a"}', "application/json"],
  ])("a form with %s is refused", async (_name, body, type) => {
    const { world, browser } = await start();
    const headers = { "content-type": type };
    const response = await browser.request("POST", "/sign-in/callback", {
      body,
      headers,
      from: world.provider.issuer,
    });
    expect([response.status, world.reasons]).toEqual([400, ["malformed_response"]]);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  test("an error of the provider in a form is answered", async () => {
    const { world, browser, parameters } = await start();
    const form = { state: parameters.state ?? "", iss: parameters.iss ?? "", error: "access_denied" };
    const response = await browser.post("/sign-in/callback", form, {
      from: world.provider.issuer,
      followRedirects: true,
    });
    expect([response.status, world.reasons]).toEqual([401, ["access_denied"]]);
  });
});
