import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AdoptOptions } from "../../../infra/adopt/adopt-options.ts";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { Draft } from "../../../infra/adopt/draft.ts";
import { PARTS } from "../../../infra/adopt/parts.ts";
import type { PackageJson } from "../../../infra/adopt/references/package-json.ts";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { SETTINGS } from "../../../infra/settings/settings.ts";
import { ProjectCopy } from "../project-copy.ts";

const TEMPLATE = new Draft(PROJECT_ROOT);

const SMALLEST: AdoptOptions = { withoutDemo: true, withoutExamples: true, withPackage: "^1.2.0" };

/** The options of each adoption. */
const VARIANTS: Readonly<Record<string, AdoptOptions>> = {
  "by default": {},
  "without the demo": { withoutDemo: true },
  "without the examples": { withoutExamples: true },
  "without demo and examples": { withoutDemo: true, withoutExamples: true },
  "with the package": { withPackage: "^1.2.0" },
  "without demo and examples, with the package": SMALLEST,
};

/** Returns the text of a page without its code blocks. */
function textOf(page: string): string {
  return page.replaceAll(/^ *```.*?^ *```$/gms, "");
}

/** Sentences that may name the template, because they say where a project comes from. */
const FROM_THE_TEMPLATE = /from the template lambda-sessions-template/g;

describe.each(Object.entries(VARIANTS))("a project that was adopted %s", (_, options) => {
  const project = draftAdoption(PROJECT_ROOT, { name: "@acme/web-shop", ...options });
  const { files } = project;
  const pages = files.filter((file) => file.endsWith(".md"));
  const { scripts } = JSON.parse(project.read("package.json")) as PackageJson;

  /** Returns the matches of a pattern, each with its file. */
  function found(pattern: RegExp, among: readonly string[] = files): readonly string[] {
    return among.flatMap((file) =>
      (project.read(file).match(pattern) ?? []).map((text) => `${file}: ${text}`),
    );
  }

  test("an adopted project has its own name, README and changelog", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(JSON.parse(project.read("package.json"))).toMatchObject({ name: "@acme/web-shop", private: true });
    expect(project.read("README.md")).toMatch(/^# @acme\/web-shop\n/);
    expect(project.read("README.md")).toContain("npm ci && npm start");
    expect(project.read("README.md")).toContain("npm ci && npm test");
    expect(project.read("CHANGELOG.md")).toMatch(
      /## Unreleased\n\n### Added\n\n- @acme\/web-shop, made from/,
    );
    expect(found(new RegExp(SETTINGS.stackName.default, "g"))).toEqual([]);
    expect(found(/^ +"WebShop",\n +\),/gm)).toHaveLength(1);
  });

  test("an adopted project does not contain the template's name, except where it names its origin", () => {
    const named = files.filter((file) => file !== "package-lock.json");
    const naming = named.filter((file) =>
      project.read(file).replaceAll(FROM_THE_TEMPLATE, "").includes("lambda-sessions-template"),
    );
    expect(naming).toEqual([]);
  });

  test("an adopted project keeps the license of the template", () => {
    expect(project.read("LICENSE")).toBe(TEMPLATE.read("LICENSE"));
  });

  test("an adopted project contains no mark of a block and no placeholder", () => {
    const names = Object.keys(PARTS).join("|");
    expect(found(new RegExp(`<!-- /?(${names}) -->|^ *(#|//) /?(${names})$`, "gm"))).toEqual([]);
    expect(found(/\{\{[A-Z]+\}\}/g)).toEqual([]);
  });

  test("an adopted project mentions no file that was removed", () => {
    // The page on upgrading names folders that a merge would restore.
    const others = files.filter((file) => file !== "docs/upgrading.md");
    const mentioned = found(/(?<![\w@/.-])(docs|functions|infra|shared|test)\/[\w./-]*\w/g, others);
    const removed = mentioned.filter((mention) => {
      const path = mention.slice(mention.indexOf(": ") + 2);
      return project.isRemoved(path) && !project.has(`test/infra/fixture/${path}`);
    });
    expect(removed).toEqual([]);
  });

  test("every link of an adopted project leads to a file and a heading, and every picture is shown", () => {
    const anchors = pages.flatMap((page) =>
      [...project.read(page).matchAll(/\]\(([^)\s:#]*)#([^)]+)\)/g)].map(([, to = "", anchor = ""]) => {
        const target = to === "" ? page : join(dirname(page), to);
        return { page, anchor, headings: anchorsOf(project.read(target)) };
      }),
    );
    expect(anchors.length).toBeGreaterThan(10);
    const lost = anchors.filter(({ anchor, headings }) => !headings.includes(anchor));
    expect(lost.map(({ page, anchor }) => `${page}: ${anchor}`)).toEqual([]);
    const links = pages.flatMap((page) =>
      [...textOf(project.read(page)).matchAll(/(?:\]\(|src=")(?!https?:|#)([^)#"]+)/g)].map(([, to = ""]) => [
        page,
        join(dirname(page), to),
      ]),
    );
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(([, to = ""]) => !project.has(to))).toEqual([]);
    const shown = links.map(([, to]) => to);
    expect(files.filter((file) => /\.(png|svg)$/.test(file) && !shown.includes(file))).toEqual([]);
    const docs = pages.filter((page) => page.startsWith("docs/"));
    expect(docs.filter((page) => !shown.includes(page))).toEqual([]);
  });

  test("an adopted project mentions only scripts that package.json has, and each of those finds its file", () => {
    const called = found(/npm run [\w:-]+/g, [
      ...pages,
      ...files.filter((file) => /^\.(ci|github)\//.test(file)),
    ]);
    const names = new Set(called.map((call) => call.replace(/^.*npm run /, "")));
    expect(names.size).toBeGreaterThan(3);
    expect([...names].filter((name) => !(name in scripts))).toEqual([]);
    const paths = Object.values(scripts).flatMap((script) => script.match(/[\w/-]+\.ts\b/g) ?? []);
    expect(paths.filter((path) => !project.has(path))).toEqual([]);
  });
});

/** Returns the anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}

test("the smallest project has at most 120 files", () => {
  const { files } = draftAdoption(PROJECT_ROOT, { name: "web-shop", ...SMALLEST });
  expect(files.length).toBeGreaterThan(80);
  expect(files.length).toBeLessThanOrEqual(120);
});

test("a project with the package may commit its tarball", () => {
  const project = draftAdoption(PROJECT_ROOT, { name: "web-shop", ...SMALLEST });
  expect(TEMPLATE.read(".gitignore")).toContain("*.tgz\n");
  expect(project.read(".gitignore")).not.toContain("*.tgz");
});

test("npm test of a project with the package runs tests in a folder test/shared of its own", () => {
  const { withPackage, ...source } = SMALLEST;
  const configOf = (options: AdoptOptions) =>
    draftAdoption(PROJECT_ROOT, { name: "web-shop", ...options }).read("vitest.config.ts");
  expect(configOf({ withPackage })).not.toMatch(/shared|local-run|template/);
  expect(configOf(source)).toContain('"test/shared/**",');
});

test("a project without the examples has one handler and its test", () => {
  const { files } = draftAdoption(PROJECT_ROOT, {
    name: "web-shop",
    withoutDemo: true,
    withoutExamples: true,
  });
  expect(files.filter((file) => /^functions\/[^/]+$/.test(file))).toEqual(["functions/home.ts"]);
  expect(files).toContain("test/functions/home.test.ts");
});

test.each<[string, AdoptOptions, readonly string[]]>([
  ["the demo and the example of a sign-in", {}, ['"functions/sign-in.ts"', "...DEMO_FILES"]],
  ["the example of a sign-in", { withoutDemo: true }, ['"functions/sign-in.ts"']],
  ["no such function", { withoutDemo: true, withoutExamples: true }, []],
])("an adopted project that has %s keeps out of production what it has", (_, options, expected) => {
  const routes = draftAdoption(PROJECT_ROOT, { name: "web-shop", ...options }).read("infra/routes.ts");
  const [, list = ""] = /NOT_FOR_PRODUCTION: readonly FunctionFile\[\] = \[([^\]]*)\]/.exec(routes) ?? [];
  expect(list.match(/^ {2}[^/\s].*(?=,$)/gm)?.map((line) => line.trim()) ?? []).toEqual(expected);
});

test("the examples are all handlers of the template but the home page", () => {
  const handlers = TEMPLATE.files.filter((file) => /^functions\/[^/]+\.ts$/.test(file));
  const examples: readonly string[] = PARTS.examples;
  expect(handlers.filter((file) => !examples.includes(file))).toEqual(["functions/home.ts"]);
});

test("files that replace the template's have a file to replace", () => {
  const own = TEMPLATE.files.filter((file) => file.startsWith("infra/adopt/files/"));
  expect(own.length).toBeGreaterThan(5);
  const replaced = own.map((file) =>
    file
      .split("/")
      .slice(4)
      .join("/")
      .replace(/\.txt$/, ""),
  );
  expect(replaced.filter((file) => !existsSync(join(PROJECT_ROOT, file)))).toEqual([]);
});

test("the workshop, when it is kept, keeps everything but the tests of the adoption", () => {
  const { files } = draftAdoption(PROJECT_ROOT, { name: "web-shop", withWorkshop: true });
  const removed: readonly string[] = PARTS.adoption;
  const kept = TEMPLATE.files.filter((file) => !removed.some((path) => `${file}/`.startsWith(`${path}/`)));
  expect(files).toEqual(kept);
});

test("parts that are removed by a second adoption leave the same project as if removed by the first", () => {
  const [atOnce, later] = [new ProjectCopy(), new ProjectCopy()];
  onTestFinished(() => {
    for (const copy of [atOnce, later]) copy.remove();
  });
  draftAdoption(atOnce.root, { name: "web-shop", ...SMALLEST }).apply();
  draftAdoption(later.root, { name: "web-shop", withWorkshop: true }).apply();
  draftAdoption(later.root, SMALLEST).apply();
  expect(later.texts()).toEqual(atOnce.texts());
});

test("a project has one name: a second adoption with a name is rejected", () => {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  draftAdoption(copy.root, { name: "web-shop", withWorkshop: true }).apply();
  expect(() => draftAdoption(copy.root, { name: "shop" })).toThrow(
    "This project has its name already: web-shop.",
  );
  expect(() => draftAdoption(copy.root, { withWorkshop: true })).toThrow(
    "--with-workshop cannot be combined",
  );
});

test("a project without CI files of the template can be adopted", () => {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  for (const folder of [".ci", ".github"]) rmSync(join(copy.root, folder), { recursive: true });
  draftAdoption(copy.root, { name: "web-shop" }).apply();
  expect(copy.files.filter((file) => file.startsWith("."))).toEqual([
    ".gitattributes",
    ".gitignore",
    ".npmrc",
  ]);
});
