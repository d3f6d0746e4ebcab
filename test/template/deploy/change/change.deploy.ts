import { describe, expect, test } from "vitest";
import { Cdk } from "../cdk.ts";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment, STACKS, type StackKind } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { stacks, emulator } = deployment();

const HOUR = 3600;
const TEN_MINUTES = 600_000;

describe.each(["cookie", "dynamodb"] as const satisfies readonly StackKind[])("in the stack %s", (kind) => {
  test(
    "a change of a stack takes effect in its functions, and every existing session stays valid",
    async () => {
      const user = newUser();
      const [visitor, signedIn] = [
        new DeployedBrowser(stacks[kind].url),
        new DeployedBrowser(stacks[kind].url),
      ];
      expect([await visitor.visit(), await signedIn.visit()]).toEqual([1, 1]);
      await signedIn.post("/sign-in", { name: user });
      expect(await hoursLeft(visitor)).toBeGreaterThan(24);

      const cdk = new Cdk(process.env, emulator !== undefined);
      const url = await cdk.deploy(stacks[kind].name, { ...STACKS[kind], lifetime: `${HOUR}` });

      expect(url).toBe(stacks[kind].url);
      await expect.poll(() => hoursLeft(visitor), { timeout: 180_000 }).toBeLessThanOrEqual(1);
      expect(await visitor.visit()).toBe(2);
      expect(await signedIn.session()).toMatchObject({ user: { id: user }, data: { visits: 1 } });
    },
    TEN_MINUTES,
  );
});

/** Returns the hours until the session expires without further requests, as `GET /session` shows it. */
async function hoursLeft(browser: DeployedBrowser): Promise<number> {
  return (Date.parse((await browser.session()).expiresAt ?? "") - Date.now()) / (HOUR * 1000);
}
