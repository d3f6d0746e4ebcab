import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { SETTINGS } from "../../../infra/settings/settings.ts";
import { ProjectCopy } from "./project-copy.ts";

const NAME = { name: "@acme/web-shop", stack: undefined };
const ALONE = { name: undefined, stack: undefined, withoutDemo: true };

/** What may still say the template's name: its licence, where a project comes from, and what is on the wire. */
const TEMPLATE_NAMED =
  /the lambda-sessions authors|the template lambda-sessions|lambda-sessions sealed cookie 1/g;

/** Packages of test suites, which nobody sees, and what this command itself is made of. */
const NOT_RENAMED =
  /^(infra\/adopt|test\/\w+\/(package(-lock)?\.json|go\.mod|pom\.xml))|^package-lock\.json$/;

describe.each([
  ["with the demo", true],
  ["without the demo", false],
])("a project that was adopted %s", (_, hasDemo) => {
  let copy: ProjectCopy;
  let files: readonly string[];

  beforeAll(() => {
    copy = new ProjectCopy();
    draftAdoption(copy.root, { ...NAME, withoutDemo: !hasDemo }).apply();
    files = copy.files;
  });
  afterAll(() => copy.remove());

  /** The files in which something is said, each with what it says. */
  function saying(pattern: RegExp): string[] {
    return files.filter((file) => pattern.test(copy.read(file)));
  }

  test("has its own name, README and changelog", () => {
    expect(files.length).toBeGreaterThan(300);
    expect(JSON.parse(copy.read("package.json"))).toMatchObject({ name: "@acme/web-shop", private: true });
    expect(copy.read("README.md")).toMatch(/^# @acme\/web-shop\n/);
    expect(copy.read("README.md")).toContain("npm ci && npm start");
    expect(copy.read("README.md")).toContain("npm ci && npm test");
    expect(copy.read("CHANGELOG.md")).toMatch(/## Unreleased\n\n### Added\n\n- @acme\/web-shop, made from/);
    expect(copy.read("infra/settings/settings.ts")).toContain('default: "WebShop"');
  });

  test("says the template's name nowhere that matters", () => {
    expect(saying(new RegExp(SETTINGS.stackName.default))).toEqual([]);
    const others = files.filter((file) => !NOT_RENAMED.test(file));
    const naming = others.filter((file) =>
      copy.read(file).replaceAll(TEMPLATE_NAMED, "").includes("lambda-sessions"),
    );
    expect(naming).toEqual([]);
  });

  test("keeps the licence as it was", () => {
    expect(copy.read("LICENSE")).toBe(readFileSync(resolve(import.meta.dirname, "../../../LICENSE"), "utf8"));
  });

  test(`${hasDemo ? "has" : "says nothing of"} the demo`, () => {
    const naming = saying(/\bthe demo\b|\/demo\b|\bdemo-|#demo|DEMO_/i);
    if (hasDemo) expect(naming).toContain("infra/demo-routes.ts");
    else expect(naming).toEqual([]);
    expect(existsSync(join(copy.root, "functions/demo"))).toBe(hasDemo);
    expect("adopt" in JSON.parse(copy.read("package.json")).scripts).toBe(hasDemo);
  });

  test("has no script without its file, and no check without its script", () => {
    const { scripts } = JSON.parse(copy.read("package.json")) as { scripts: Record<string, string> };
    const scriptFiles = Object.values(scripts).flatMap((script) => script.match(/[\w/-]+\.ts\b/g) ?? []);
    expect(scriptFiles.length).toBeGreaterThan(5);
    expect(scriptFiles.filter((file) => !existsSync(join(copy.root, file)))).toEqual([]);
    const calls = [".ci/run", ".github/workflows/checks.yml"].flatMap((file) => [
      ...copy.read(file).matchAll(/npm run ([\w:-]+)/g),
    ]);
    expect(calls.map(([, name = ""]) => name).filter((name) => !(name in scripts))).toEqual([]);
  });

  test("has no link in its documentation that leads nowhere, and no picture that nothing leads to", () => {
    const pages = files.filter((file) => file.endsWith(".md"));
    const links = pages.flatMap((page) =>
      [...copy.read(page).matchAll(/(?:\]\(|src=")(?!https?:|#)([^)#"]+)/g)].map(
        ([, to = ""]) => [page, to] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(20);
    const shown = links.map(([page, to]) => join(dirname(page), to));
    const pictures = files.filter((file) => file.startsWith("docs/images/"));
    if (!hasDemo) expect(pictures.filter((file) => !shown.includes(file))).toEqual([]);
    const lost = links.filter(([page, to]) => !existsSync(join(copy.root, dirname(page), to)));
    expect(lost).toEqual([]);
  });
});

test("a project that has its checks elsewhere can take the demo out, too", () => {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  draftAdoption(copy.root, { ...NAME, withoutDemo: false }).apply();
  for (const folder of [".ci", ".github"]) rmSync(join(copy.root, folder), { recursive: true });
  draftAdoption(copy.root, ALONE).apply();
  expect(copy.files.filter((file) => /^functions\/demo|^\./.test(file))).toEqual([".gitignore", ".npmrc"]);
});

test("the demo can be taken out at once or later, and what is left is the same", () => {
  const [atOnce, later] = [new ProjectCopy(), new ProjectCopy()];
  onTestFinished(() => {
    for (const copy of [atOnce, later]) copy.remove();
  });
  draftAdoption(atOnce.root, { ...NAME, withoutDemo: true }).apply();
  for (const options of [{ ...NAME, withoutDemo: false }, ALONE]) draftAdoption(later.root, options).apply();
  expect(later.texts()).toEqual(atOnce.texts());
});
