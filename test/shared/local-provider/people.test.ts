import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startLocalProvider } from "../../../shared/local-provider.ts";
import { RelyingParty } from "./relying-party.ts";

const ADA = { id: "ada", name: "Ada" };

async function makeFile(content: unknown, byteOrderMark = ""): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "provider-people-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "people.json");
  await writeFile(file, byteOrderMark + JSON.stringify(content));
  return file;
}

test("a person who is added to the file can sign in at once, with claims of their own", async () => {
  const people = await makeFile([ADA]);
  const party = await RelyingParty.start({ people });
  await writeFile(
    people,
    JSON.stringify([ADA, { id: "grace", name: "Grace", claims: { roles: ["editor"] } }]),
  );
  expect((await party.signIn("grace")).claims()).toMatchObject({ name: "Grace", roles: ["editor"] });
});

test("a person signs in whose file begins with a byte order mark", async () => {
  const party = await RelyingParty.start({ people: await makeFile([ADA], "\uFEFF") });
  expect((await party.signIn("ada")).claims()).toMatchObject({ name: "Ada" });
});

test("a broken file is reported with a sentence, and a correction is read without a restart", async () => {
  const people = await makeFile([ADA]);
  const problems: string[] = [];
  const party = await RelyingParty.start({ people, onProblem: (sentence) => void problems.push(sentence) });
  await writeFile(people, `[{ "id": "ada", `);
  await expect(party.signIn("ada")).rejects.toThrow(
    /people\.json: cannot be read: .*JSON.* then reload this page/,
  );
  expect(problems).toEqual([expect.stringMatching(/people\.json: cannot be read/)]);
  await writeFile(people, JSON.stringify([ADA]));
  expect((await party.signIn("ada")).claims()?.sub).toBe("ada");
});

test("a file that is broken from the start is reported and does not stop the provider", async () => {
  const problems: string[] = [];
  const people = await makeFile({});
  await RelyingParty.start({ people, onProblem: (sentence) => void problems.push(sentence) });
  expect(problems).toEqual([expect.stringMatching(/people\.json: must be a non-empty array of people/)]);
});

test("people who are signed in can refresh while the file is broken", async () => {
  const people = await makeFile([ADA]);
  const party = await RelyingParty.start({ people });
  const { refresh_token } = await party.signIn("ada");
  await writeFile(people, "");
  expect((await party.refresh(refresh_token)).claims()?.name).toBe("Ada");
});

test("a person who was removed while signed in is asked who signs in", async () => {
  const people = await makeFile([ADA, { id: "grace", name: "Grace" }]);
  const party = await RelyingParty.start({ people });
  await party.signIn("grace");
  await writeFile(people, JSON.stringify([ADA]));
  const url = await party.authorizationUrl();
  await expect(party.visitor.open(url)).rejects.toThrow(/asks who signs in/);
  expect((await party.exchange(await party.visitor.signInAs("ada", url))).claims()?.sub).toBe("ada");
});

test.each([
  ["[0]: its id must be 1 to 100 letters", [{ id: "a b", name: "Ada" }]],
  ["[0]: its name must be a non-empty string", [{ id: "ada" }]],
  ["[0]: its email must be", [{ ...ADA, email: 1 }]],
  ["[0]: its secondFactor must be true, false or absent", [{ ...ADA, secondFactor: "yes" }]],
  ["[0]: its claims must be an object", [{ ...ADA, claims: { sub: "grace" } }]],
  ["[1]: has the unknown property roles", [ADA, { id: "b", name: "B", roles: [] }]],
  [": has two people with the id ada", [ADA, ADA]],
  [": must be a non-empty array", []],
])("invalid people are rejected with a sentence: people%s", async (sentence, people) => {
  const started = startLocalProvider({ people: people as never, clients: [] });
  await expect(started).rejects.toThrow(`people${sentence}`);
});
