import { expect, test } from "vitest";
import { SignInWorld, STORAGES } from "./sign-in-world.ts";

const settings = { cookie: { sameSite: "strict" } } as const;
const APP = "https://app.example.com";

test.each(
  STORAGES.flatMap((storage) => (["query", "form_post"] as const).map((mode) => [storage, mode] as const)),
)(
  "with SameSite=Strict a page of the application continues, so that data and session are known: %s, %s",
  async (storage, responseMode) => {
    const world = await SignInWorld.start({ storage, responseMode, settings });
    const browser = world.browser();
    await browser.editSession((session) => session.set("cart", "apple"));
    const parameters = world.provider.authorize(await world.begin(browser, "/sign-in?returnTo=/orders"));
    const page =
      responseMode === "query"
        ? await world.callback(browser, parameters)
        : await browser.post("/sign-in/callback", parameters, { from: world.provider.issuer });
    expect(page.status).toBe(200);
    const next = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(page.body)?.[1] ?? "";
    const response = await browser.get(next, { from: APP });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/orders"]);
    expect((await browser.get("/me")).json()).toMatchObject({ user: { id: "u-1" }, data: { cart: "apple" } });
  },
);

test("with SameSite=Strict a step-up as another user is refused too", async () => {
  const world = await SignInWorld.start({ settings });
  const browser = world.browser();
  await browser.editSession((session) => session.signIn({ id: "u-0", name: "Grace" }));
  const parameters = world.provider.authorize(await world.begin(browser, "/sign-in?maxAge=60"));
  const page = await world.callback(browser, parameters);
  const next = /content="0;url=([^"]+)"/.exec(page.body)?.[1] ?? "";
  expect((await browser.get(next, { from: APP })).status).toBe(403);
  expect(await world.userOf(browser)).toBe("u-0");
});
