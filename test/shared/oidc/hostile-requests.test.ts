import fc from "fast-check";
import { expect, test } from "vitest";
import type { BrowserResponse } from "../../../shared/testing/browser-response.ts";
import { SignInWorld } from "./sign-in-world.ts";

const NAMES = [
  "code",
  "state",
  "iss",
  "error",
  "response",
  "id_token",
  "returnTo",
  "maxAge",
  "acr",
  "remember",
  "prompt",
  "x",
];

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "~",
    "~AAAA",
    "%",
    "%ff",
    "none",
    "__proto__",
    "\u0000",
    "\ud800",
    "<script>",
    "//evil.example",
  ),
);

const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), text), text), { maxLength: 8 })
  .map((pairs) => pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"));

/** Encodes most characters, but keeps malformed percent signs. */
function encode(part: string): string {
  return part.replaceAll(/[^\w%~.-]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}

function expectAnswer(response: BrowserResponse, world: SignInWorld, records: number): void {
  if (response.status === 303)
    return void expect(response.headers.get("location")).toMatch(/^(http:\/\/127|\/(?!\/))/);
  expect([400, 200]).toContain(response.status);
  expect(response.body).toMatch(/<h1>.+<\/h1>\n<p>[A-Z][^<]+\.<\/p>/);
  expect(response.body).not.toMatch(/<script|evil/);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  if (response.status === 400) expect(world.log.records.length).toBe(records + 1);
}

test.each([
  ["GET", "/sign-in"],
  ["GET", "/sign-in/callback"],
  ["GET", "/signed-out"],
])(
  "%s %s answers every query with a page or a redirect to the application or the provider",
  async (method, path) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    await fc.assert(
      fc.asyncProperty(query, async (hostile) => {
        const { length } = world.log.records;
        expectAnswer(await browser.request(method, `${path}?${hostile}`), world, length);
      }),
      { numRuns: 60 },
    );
  },
);

test("POST /sign-in/callback answers every form", async () => {
  const world = await SignInWorld.start({ responseMode: "form_post" });
  const browser = world.browser();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await fc.assert(
    fc.asyncProperty(query, async (body) => {
      const { length } = world.log.records;
      const request = { body, headers, from: world.provider.issuer };
      expectAnswer(await browser.request("POST", "/sign-in/callback", request), world, length);
    }),
    { numRuns: 60 },
  );
});

test("every change of one character of a response is refused, or does not matter to the sign-in", async () => {
  const world = await SignInWorld.start();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("state", "iss", "code"),
      fc.nat(),
      fc.constantFrom("A", "b", "~", "é"),
      async (name, at, character) => {
        const browser = world.browser();
        const parameters: Record<string, string> = world.provider.authorize(await world.begin(browser));
        const value = parameters[name] ?? "";
        const index = at % value.length;
        const changed = value.slice(0, index) + character + value.slice(index + 1);
        const { status } = await world.callback(browser, { ...parameters, [name]: changed });
        expect(status).toBe(changed === value ? 303 : 400);
        expect(await world.userOf(browser)).toBe(changed === value ? "u-1" : undefined);
      },
    ),
    { numRuns: 30 },
  );
});

test("hostile cookies neither stop a sign-in nor sign anybody in", async () => {
  const world = await SignInWorld.start();
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 30 }), async (values) => {
      const cookies = values.map(
        (value, index) =>
          `__Host-sign-in-${`${index}`.padStart(22, "x")}=~${value.replaceAll(/[^\x21-\x7e]|[;,]/g, "")}`,
      );
      const headers = { cookie: cookies.join("; ") };
      expect((await world.browser().get("/sign-in", { headers })).status).toBe(303);
      const state = new URL(await world.begin(world.browser())).searchParams.get("state") ?? "";
      expect((await world.callback(world.browser(), { state, code: "x" }, headers)).status).toBe(400);
    }),
    { numRuns: 15 },
  );
});
