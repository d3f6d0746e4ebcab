import { beforeEach, expect, test } from "vitest";
import type { Browser } from "../../../shared/testing/browser.ts";
import { type Data, SignInWorld } from "./sign-in-world.ts";

const EVIL = "https://evil.example";
const SIBLING = "https://other.example.com";
const PATH = "/sign-in?returnTo=%2Forders&acr=mfa&remember=true";

let world: SignInWorld;
let browser: Browser<Data>;

beforeEach(async () => {
  world = await SignInWorld.start();
  browser = world.browser();
});

test.each([EVIL, SIBLING])(
  "a visitor whom a script of another site sends to the sign-in is asked, and nobody is signed in: %s",
  async (from) => {
    const { status, body, cookies, headers } = await browser.get(PATH, { from });
    expect([status, cookies, headers.get("location")]).toEqual([200, [], null]);
    expect(body).toContain("Another site has sent you here.");
    expect(await world.userOf(browser)).toBeUndefined();
  },
);

test("the link of the page that asks begins the sign-in with the same wishes", async () => {
  const { body } = await browser.get(PATH, { from: EVIL });
  const link = /<a href="(\/sign-in[^"]*)">Sign in<\/a>/.exec(body)?.[1]?.replaceAll("&#38;", "&") ?? "";
  expect(Object.fromEntries(new URLSearchParams(link.split("?")[1]))).toEqual({
    returnTo: "/orders",
    acr: "mfa",
    remember: "true",
  });
  const asked = await browser.get(link, { from: "https://app.example.com" });
  expect([asked.status, asked.headers.get("location")]).toEqual([
    303,
    expect.stringContaining(world.provider.issuer),
  ]);
});

test.each<[string, { from?: string; headers?: Record<string, string> }]>([
  ["by a link of another site", { from: EVIL, headers: { "sec-fetch-user": "?1" } }],
  ["by a link or a redirect of the application", { from: "https://app.example.com" }],
  ["by the address bar", {}],
  ["with a browser that sends no Fetch Metadata", { from: EVIL, headers: { "sec-fetch-site": "" } }],
])("a visitor who comes %s goes to the provider at once", async (_what, request) => {
  expect((await browser.get(PATH, request)).status).toBe(303);
});
