import { describe, expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment, type StackKind } from "../deployment.ts";
import { isOfEmulator, logLines, recordOf } from "../function-logs.ts";
import { newUser } from "../new-user.ts";
import { LOG_POLL } from "../paced-logs.ts";
import { StackResources } from "../stack-resources.ts";

const { stacks, emulator } = deployment();

describe.each(Object.keys(stacks) as StackKind[])("in the stack %s", (kind) => {
  test("the logs of a stack report refusals as JSON and contain neither a token nor a key", async () => {
    const browser = new DeployedBrowser(stacks[kind].url);
    const tokens: string[] = [];
    const remember = async () => tokens.push((await browser.cookie())?.value ?? "none");
    await browser.visit();
    await remember();
    await browser.post("/sign-in", { name: newUser() });
    await remember();
    const forged = `${tokens[1]?.slice(0, -4)}AAAA`;
    await browser.get("/visits", { headers: { cookie: `__Host-session=${forged}` } });
    await browser.post("/sign-out", {}, { from: "https://evil.example" });
    await browser.post("/sign-out");

    const resources = await StackResources.of(stacks[kind]);
    const groups = await resources.logGroups();
    const lines = async () => (await logLines(groups)).filter((line) => !(emulator && isOfEmulator(line)));
    const events = async () =>
      (await lines()).map(recordOf).map(({ level, event, reason }) => `${level} ${event} ${reason}`);
    const expected = ["WARN session_refused bad_signature", "WARN request_refused cross_origin"];
    await expect.poll(events, LOG_POLL).toEqual(expect.arrayContaining(expected));

    const { SECRET_KEY } = await resources.secret();
    const parts = [...tokens, forged].flatMap((token) => [
      token,
      ...token.split(".").filter(({ length }) => length > 8),
    ]);
    const secrets = [`${SECRET_KEY}`, ...parts];
    expect(parts.length).toBeGreaterThan(6);
    expect(
      (await logLines(groups)).filter((line) => secrets.some((secret) => line.includes(secret))).length,
    ).toBe(0);
  });
});
