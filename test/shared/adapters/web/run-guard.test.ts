import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { createWithSession, requireFresh, requireUser } from "lambda-sessions/lambda";
import { runGuard, webSession } from "lambda-sessions/web";
import { expect, test } from "vitest";

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withWebSession = webSession(createWithSession({ sessionInterface, log: () => {} }));

/** Returns the response to a request for a page of users. */
function visit(init: RequestInit = {}, isUser = false): Promise<Response> {
  const page = withWebSession(async (_request, session) => {
    if (isUser) session.signIn({ id: "u-1", name: "Ada" });
    return (await runGuard(requireUser, session)) ?? new Response(`Hello, ${session.user?.name}`);
  });
  return page(new Request("https://app.example.com/account?tab=2", init));
}

test("a visitor who is not signed in is redirected to the sign-in, and from there to the page again", async () => {
  const { status, headers } = await visit();
  expect([status, headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Faccount%3Ftab%3D2"]);
});

test("a user passes the guard", async () => {
  expect(await (await visit({}, true)).text()).toBe("Hello, Ada");
});

test("a client that prefers JSON gets problem details", async () => {
  const response = await visit({ headers: { accept: "application/json" } });
  expect([response.status, response.headers.get("content-type")]).toEqual([401, "application/problem+json"]);
});

test("a form that was not sent leaves its message in the session, which is saved", async () => {
  const response = await visit({ method: "POST", body: new URLSearchParams() });
  expect([response.status, response.headers.getSetCookie().length]).toEqual([401, 1]);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test("a user whose authentication is too old is asked to sign in again", async () => {
  const page = withWebSession(async (_request, session) => {
    session.signIn({ id: "u-1", name: "Ada" }, { authentication: { at: new Date(0) } });
    return (await runGuard((handler) => requireFresh(300, handler), session)) ?? new Response("changed");
  });
  const { status, headers } = await page(new Request("https://app.example.com/password"));
  expect([status, headers.get("location")]).toEqual([303, "/sign-in?returnTo=%2Fpassword&maxAge=300"]);
});

test("a session that no adapter has opened is rejected with the remedy", async () => {
  const session = await sessionInterface.open({
    method: "GET",
    path: "/",
    cookies: [],
    header: () => undefined,
  });
  await expect(runGuard(requireUser, session)).rejects.toThrow("lambda-sessions/web");
});
