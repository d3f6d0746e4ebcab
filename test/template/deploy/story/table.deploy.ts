import { expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { url } = deployment().stacks.dynamodb;

/** The number of parallel requests, below the ten that a new AWS account can run. */
const AT_ONCE = 8;

test("parallel visits of one session in DynamoDB are all counted", async () => {
  const browser = new DeployedBrowser(url);
  expect(await browser.visit()).toBe(1);
  const counts = await Promise.all(Array.from({ length: AT_ONCE }, () => browser.visit()));
  expect(counts.sort()).toEqual(Array.from({ length: AT_ONCE }, (_, index) => index + 2));
  expect((await browser.session()).data).toEqual({ visits: AT_ONCE + 1 });
});

test("the token from before signing in opens no session", async () => {
  const browser = new DeployedBrowser(url);
  await browser.visit();
  const cookie = `__Host-session=${(await browser.cookie())?.value}`;
  await browser.post("/sign-in", { name: newUser() });
  const response = await new DeployedBrowser(url).get("/session", { headers: { cookie } });
  expect(await response.json()).toMatchObject({ user: null, data: {} });
});

test("the cookie of a session in DynamoDB contains none of its data", async () => {
  const browser = new DeployedBrowser(url);
  const user = newUser();
  await browser.post("/sign-in", { name: user });
  const { value = "" } = (await browser.cookie()) ?? {};
  const told = value.split(".").map((part) => Buffer.from(part, "base64url").toString());
  expect(told.some((part) => part.includes(user))).toBe(false);
});
