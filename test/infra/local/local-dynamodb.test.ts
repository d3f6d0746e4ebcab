import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { LocalRunError } from "../../../infra/local/run/local-run-error.ts";
import { fixtureTemplate, LocalVisitor, runFixture } from "./fixture-run.ts";

const folder = await mkdtemp(join(tmpdir(), "local-dynamodb-"));
afterAll(() => rm(folder, { recursive: true }));

describe.each(["dynamodb", "revocable-cookie"] as const)("with storage=%s", async (storage) => {
  const template = fixtureTemplate({ storage });
  const data = join(folder, storage);

  test("the local run keeps sessions from one run to the next, and lists and ends a user's sessions", async () => {
    const [laptop, phone] = [new LocalVisitor(), new LocalVisitor()];
    const first = await runFixture(template, data);
    expect(first.terminal.text).toContain(`; delete that folder to begin anew.\n`);
    expect((await laptop.request(first, "/sessions")).status).toBe(401);
    expect(await laptop.json(first, "/visits")).toEqual({ visits: 1 });
    for (const device of [laptop, phone]) await device.request(first, "/sign-in", {});
    await first.close();

    const second = await runFixture(template, data);
    onTestFinished(() => second.close());
    expect(await laptop.json(second, "/visits")).toEqual({ visits: 2 });
    expect(await laptop.json(second, "/sessions")).toMatchObject({ sessions: [{}, {}] });
    expect((await laptop.request(second, "/sessions/end", {})).status).toBe(303);
    expect((await phone.request(second, "/sessions")).status).toBe(401);
    expect((await laptop.request(second, "/sessions")).status).toBe(200);
  });
});

test("a second local run with the same data is refused with one sentence, and frees its port", async () => {
  const template = fixtureTemplate({ storage: "dynamodb" });
  const data = join(folder, "shared");
  const first = await runFixture(template, data);
  onTestFinished(() => first.close());
  const free = await runFixture({ Resources: {} }, join(folder, "none"));
  const port = Number(new URL(free.url).port);
  await free.close();
  const second = runFixture(template, data, port);
  await expect(second).rejects.toThrow(LocalRunError);
  await expect(second).rejects.toThrow(
    /data is in use by another local run\. Stop that one first\.$|in use by/,
  );
  await expect(fetch(`http://localhost:${port}`)).rejects.toThrow();

  // Each of a hundred parallel visits of one session counts.
  const visitor = new LocalVisitor();
  await visitor.request(first, "/visits");
  await Promise.all(Array.from({ length: 99 }, () => visitor.request(first, "/visits")));
  expect(await visitor.json(first, "/visits")).toEqual({ visits: 101 });
});

test("the local run with sessions in cookies sets a cookie that a browser keeps without HTTPS", async () => {
  const run = await runFixture(fixtureTemplate({ flask: true, cookieName: "__Host-flask" }), folder);
  onTestFinished(() => run.close());
  const [cookie = ""] = (await fetch(`${run.url}/set`)).headers.getSetCookie();
  const [pair = "", ...attributes] = cookie.split("; ");
  // The signature of Flask's default, SHA-1, has 27 characters.
  expect(pair).toMatch(/^flask=[\w.-]+\.[\w-]{27}$/);
  expect(attributes.toSorted()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax"]);
  expect(await (await fetch(`${run.url}/get`, { headers: { cookie: pair } })).text()).toBe("stored");
  expect(run.terminal.text).toMatch(/^ +GET \/set +functions\/value\.ts$/m);
});
