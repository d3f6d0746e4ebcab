import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("named-sessions.md");
});
afterAll(() => example?.close());

test("a visitor of the shop keeps the cart when signing in and out, because the account is another session", async () => {
  const visitor = new Visitor(example.url);
  await visitor.post("/shop/items/apple");
  await visitor.post("/shop/sign-in");
  await visitor.post("/shop/items/green%20pear");
  const shop = async () => (await visitor.get("/shop")).json();
  expect(await shop(), example.output).toEqual({ items: ["apple", "green pear"], user: "Ada" });
  expect(await (await visitor.get("/shop/account")).json()).toEqual({ user: "Ada", plan: "free" });
  await visitor.post("/shop/sign-out");
  expect(await shop()).toEqual({ items: ["apple", "green pear"], user: null });
  expect((await visitor.get("/shop/account")).status).toBe(401);
});

test("the cookies of the shop have their own names and lifetimes", async () => {
  const visitor = new Visitor(example.url);
  await visitor.post("/shop/items/apple");
  await visitor.post("/shop/sign-in");
  const cookies = await visitor.jar.getCookies(example.url);
  const kept = cookies.map(({ key, maxAge }) => [key.replace(/-[0-9a-f]{6}$/, ""), maxAge]);
  expect(Object.fromEntries(kept)).toEqual({ cart: 365 * 24 * 60 * 60, account: null });
});

test("a visitor of the shop who swaps the values of the two cookies has neither session", async () => {
  const visitor = new Visitor(example.url);
  await visitor.post("/shop/items/apple");
  await visitor.post("/shop/sign-in");
  const [one, other] = await visitor.jar.getCookies(example.url);
  const cookie = `${one?.key}=${other?.value}; ${other?.key}=${one?.value}`;
  const response = await fetch(`${example.url}/shop`, { headers: { cookie } });
  expect(await response.json()).toEqual({ items: [], user: null });
});
