import { APP_ORIGIN, type Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test, vi } from "vitest";
import { startApplication } from "./application.ts";

interface Data {
  key: unknown;
}

let browser: Browser<Data>;

beforeEach(async () => {
  browser = await startApplication<Data>();
});

test("GET /session shows an empty session to a visitor without one, and begins none", async () => {
  const response = await browser.get("/session");
  expect([response.status, response.cookies]).toEqual([200, []]);
  expect(response.json()).toEqual({
    user: null,
    data: {},
    permanent: false,
    createdAt: null,
    expiresAt: null,
    bytes: 0,
  });
});

test("GET /session shows user, data, creation, expiry and size", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  await browser.editSession((session) => {
    session.set("key", "value");
    session.signIn({ id: "Ada", name: "Ada" });
  });
  const [cookie] = browser.jar.cookies(APP_ORIGIN);
  const { createdAt, expiresAt, ...told } = (await browser.get("/session")).json();
  expect(told).toEqual({
    user: { id: "Ada", name: "Ada" },
    data: { key: "value" },
    permanent: false,
    bytes: `${cookie?.key}${cookie?.value}`.length,
  });
  expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(30 * 24 * 60 * 60 * 1000);
});

test("GET /session never shows the token, nor a part of it", async () => {
  await browser.post("/probe?user=ada");
  const [cookie] = browser.jar.cookies(APP_ORIGIN);
  const { body } = await browser.get("/session");
  const parts = cookie?.value.split(".") ?? [];
  expect(parts).toHaveLength(3);
  for (const part of parts) expect(body).not.toContain(part);
});

test("GET /session shows values of types that JSON does not have", async () => {
  await browser.editSession((session) => session.set("key", [10n ** 20n, Uint8Array.of(255)]));
  expect((await browser.get("/session")).json().data).toEqual({ key: ["100000000000000000000", "/w=="] });
});
