import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { fixtureTemplate, LocalVisitor, runFixture } from "./fixture-run.ts";

const folder = await mkdtemp(join(tmpdir(), "local-dynamodb-"));
afterAll(() => rm(folder, { recursive: true }));

test("with storage=dynamodb, sessions survive a restart of the local run, and a second local run is rejected", async () => {
  const template = fixtureTemplate({ storage: "dynamodb", timeout: 30 });
  const data = join(folder, "data");
  const visitor = new LocalVisitor();
  const first = await runFixture(template, data);
  expect(first.terminal.text).toMatch(
    /The tables' data is in .*\. Delete that folder to start with empty tables\.\n/,
  );
  await visitor.request(first, "/visits");
  await Promise.all(Array.from({ length: 19 }, () => visitor.request(first, "/visits")));
  expect(await visitor.json(first, "/visits")).toEqual({ visits: 21 });
  const second = runFixture(template, data);
  await expect(second).rejects.toThrow(LocalRunError);
  await expect(second).rejects.toThrow(/data is in use by another local run\. Stop that run first\.$/);
  await first.close();

  const third = await runFixture(template, data);
  onTestFinished(() => third.close());
  expect(await visitor.json(third, "/visits")).toEqual({ visits: 22 });
});

test("with storage=revocable-cookie, the local run lists and ends a user's sessions", async () => {
  const run = await runFixture(fixtureTemplate({ storage: "revocable-cookie" }), join(folder, "users"));
  onTestFinished(() => run.close());
  const [laptop, phone] = [new LocalVisitor(), new LocalVisitor()];
  expect((await laptop.request(run, "/sessions")).status).toBe(401);
  for (const device of [laptop, phone]) await device.request(run, "/sign-in", {});
  expect(await laptop.json(run, "/sessions")).toMatchObject({ sessions: [{}, {}] });
  expect((await laptop.request(run, "/sessions/end", {})).status).toBe(303);
  expect((await phone.request(run, "/sessions")).status).toBe(401);
  expect((await laptop.request(run, "/sessions")).status).toBe(200);
});

test.each([
  "use_fips_endpoint = true",
  "use_dualstack_endpoint = true",
  "ignore_configured_endpoint_urls = true",
])("local functions reach their tables although ~/.aws/config has %s", async (setting) => {
  const home = await mkdtemp(join(folder, "home-"));
  await mkdir(join(home, ".aws"));
  await writeFile(join(home, ".aws/config"), `[default]\nregion = eu-central-1\n${setting}\n`);
  for (const name of ["HOME", "USERPROFILE"]) vi.stubEnv(name, home);
  const run = await runFixture(fixtureTemplate({ storage: "dynamodb" }), join(home, "data"));
  onTestFinished(() => run.close());
  const visitor = new LocalVisitor();
  await visitor.request(run, "/visits");
  expect(await visitor.json(run, "/visits")).toEqual({ visits: 2 });
});

test("a local run whose data is in use frees its port", async () => {
  await writeFile(join(folder, "file"), "");
  const free = await runFixture({ Resources: {} }, folder);
  const port = Number(new URL(free.url).port);
  await free.close();
  const template = fixtureTemplate({ storage: "dynamodb" });
  await expect(runFixture(template, join(folder, "file/data"), port)).rejects.toThrow();
  await expect(fetch(`http://localhost:${port}`)).rejects.toThrow();
});

test("a production stack with monitoring and a host name runs locally", async () => {
  const everything = {
    stage: "prod",
    alarmEmail: "ops@example.com",
    tracing: true,
    logLevel: "WARN",
  } as const;
  const domain = {
    domainName: "app.example.com",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
  };
  const run = await runFixture(fixtureTemplate({ ...everything, ...domain }), folder);
  onTestFinished(() => run.close());
  expect(await new LocalVisitor().json(run, "/visits")).toEqual({ visits: 1 });
});

test("with storage=cookie, the local run sets a cookie that a browser keeps without HTTPS", async () => {
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
