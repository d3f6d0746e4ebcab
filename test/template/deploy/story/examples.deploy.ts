import { fetch } from "undici";
import { describe, expect, test } from "vitest";
import { DeployedBrowser, DISPATCHER } from "../deployed-browser.ts";
import { deployment, SIGN_IN_STACK, type SignInStack } from "../deployment.ts";

const { signIn } = deployment();
const stack = signIn as SignInStack;

describe.runIf(signIn)("in the stack with the examples", () => {
  test("one Hono application has all routes below its path, and shares the session with other functions", async () => {
    const browser = new DeployedBrowser(stack.url);
    const visits = async (path: string) => (await browser.get(path)).json();
    expect([await visits("/hono"), await visits("/visits"), await visits("/hono")]).toEqual([
      { visits: 1 },
      { visits: 2 },
      { visits: 3 },
    ]);
    expect((await browser.get("/hono/account")).status).toBe(401);
    expect((await browser.post("/hono/sign-out", {}, { from: "https://evil.example" })).status).toBe(403);
    const left = await browser.post("/hono/sign-out");
    expect([left.status, left.headers.get("location")]).toEqual([303, "/hono"]);
  });

  test("the applications of Express, React Router, Middy and Powertools share the session of a visitor", async () => {
    const browser = new DeployedBrowser(stack.url);
    const pages: string[] = [];
    for (const path of ["/express", "/react-router", "/middy"]) {
      const response = await browser.get(path);
      pages.push(`${response.status} ${await response.text()}`);
    }
    const page = expect.stringMatching(/^200 <!doctype html>.*Visits: 2 /);
    expect(pages).toEqual(['200 {"visits":1}', page, '200 {"visits":3}']);
    // This route has a variable: to others MiniStack sends `pathParameters: null`, which Powertools rejects.
    const left = await browser.post("/powertools/sign-out");
    expect([left.status, left.headers.get("location")]).toEqual([303, "/powertools"]);
    expect(await (await browser.get("/middy")).json()).toEqual({ visits: 1 });
  });

  test("the API answers the preflight of a trusted origin, and of no other", async () => {
    const preflight = async (origin: string) => {
      const headers = { origin, "access-control-request-method": "POST" };
      const url = new URL("/visits", stack.url);
      const response = await fetch(url, { method: "OPTIONS", headers, dispatcher: DISPATCHER });
      return response.headers;
    };
    const trusted = await preflight(SIGN_IN_STACK.trustedOrigins);
    expect(trusted.get("access-control-allow-origin")).toBe(SIGN_IN_STACK.trustedOrigins);
    expect(trusted.get("access-control-allow-credentials")).toBe("true");
    expect((await preflight("https://evil.example")).get("access-control-allow-origin")).toBeNull();
  });
});
