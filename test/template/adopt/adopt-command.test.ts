import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_GIT, ProjectCopy } from "./project-copy.ts";

/** A copy, under git or not. */
function makeCopy({ git = false }: { readonly git?: boolean } = {}): ProjectCopy {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  copy.linkPackages();
  if (git) copy.commitAll();
  return copy;
}

/** Runs what `npm run adopt -- …` runs. */
function adopt(copy: ProjectCopy, ...args: readonly string[]) {
  return copy.run(process.execPath, "infra/adopt/adopt.ts", ...args);
}

describe("npm run adopt", () => {
  test("gives the project a name, says what it changed, and what is left to do", () => {
    const copy = makeCopy();
    const { status, stdout, stderr } = adopt(copy, "web-shop", "--stack", "Acme", "--without-git");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("changed  README.md\n");
    expect(stdout).toContain("removed  test/adopt\n");
    expect(stdout).toMatch(
      /Left to you: the address in SECURITY.md, .*\nThen: npm ci && npm test, and commit.\n$/s,
    );
    expect(copy.read("README.md")).toContain("the stack Acme; prints its URL");
    expect(JSON.parse(copy.read("package-lock.json")).packages[""].name).toBe("web-shop");
  });

  test("leaves a lock file without what the demo alone needed, and all else in it as it was", () => {
    const copy = makeCopy();
    const { packages: before } = JSON.parse(copy.read("package-lock.json"));
    expect(adopt(copy, "web-shop", "--without-demo", "--without-git").status).toBe(0);
    const { packages: after } = JSON.parse(copy.read("package-lock.json"));
    const { devDependencies } = JSON.parse(copy.read("package.json"));
    expect(after[""].devDependencies).toEqual(devDependencies);
    const gone = ["@axe-core/playwright", "axe-core", "playwright-core"].map(
      (name) => `node_modules/${name}`,
    );
    expect(Object.keys(before).filter((path) => !(path in after))).toEqual(gone);
    expect(
      Object.keys(after).filter(
        (path) => path && JSON.stringify(after[path]) !== JSON.stringify(before[path]),
      ),
    ).toEqual([]);
  });

  test("adopts once; afterwards it can take the demo out, and is gone itself", () => {
    const copy = makeCopy();
    adopt(copy, "web-shop", "--without-git");
    const [again, nothing] = [adopt(copy, "shop", "--without-git"), adopt(copy, "--without-git")];
    const sentence =
      "This project was adopted already, as web-shop; what is left to do is npm run adopt -- --without-demo.\n";
    expect([again.stderr, nothing.stderr, again.status]).toEqual([sentence, sentence, 1]);
    const { status, stdout } = adopt(copy, "--without-demo", "--without-git");
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/\n\nThen: npm ci && npm test, and commit\.\n$/),
    ]);
    expect(JSON.parse(copy.read("package.json")).scripts).not.toHaveProperty("adopt");
  });

  test("changes nothing in a dry run", () => {
    const copy = makeCopy();
    const before = copy.texts();
    const { status, stdout } = adopt(copy, "web-shop", "--without-demo", "--dry-run");
    expect([status, stdout]).toEqual([0, expect.stringContaining("removed  functions/demo\n")]);
    expect(stdout).toMatch(/Nothing was changed: this was a dry run.\n$/);
    expect(copy.texts()).toEqual(before);
  });

  test("changes nothing where it does not find what it is to change", () => {
    const copy = makeCopy();
    const routes = copy.read("infra/routes.ts").replace("...DEMO_ROUTES, ", "");
    writeFileSync(join(copy.root, "infra/routes.ts"), routes);
    const before = copy.texts();
    const { status, stdout, stderr } = adopt(copy, "web-shop", "--without-demo", "--without-git");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^infra\/routes.ts should hold this exactly once, and does not: .+\n$/);
    expect(copy.texts()).toEqual(before);
  });
});

describe("npm run adopt answers with one sentence", () => {
  let copy: ProjectCopy;
  beforeAll(() => {
    copy = new ProjectCopy();
    copy.linkPackages();
    return () => copy.remove();
  });

  test.each([
    ["no name", [], "Say what your project is called: npm run adopt -- NAME, such as web-shop."],
    ["the template's name", ["lambda-sessions"], "Say what your project is called: npm run adopt -- NAME"],
    ["a wrong name", ["Web_Shop"], "The name must be small letters, digits and single hyphens"],
    ["two names", ["web", "shop"], "A project has one name, and these are more: web, shop."],
    ["an unknown option", ["shop", "--no-demo"], "Unknown option '--no-demo'"],
  ])("to %s", (_, args, sentence) => {
    const { status, stdout, stderr } = adopt(copy, ...args, "--without-git");
    expect([status, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
    expect(stderr).toContain(sentence);
  });
});

describe.runIf(HAS_GIT)("npm run adopt, so that git can undo it,", () => {
  test("refuses what is not committed, and then goes on", () => {
    const copy = makeCopy({ git: true });
    writeFileSync(join(copy.root, "notes.txt"), "not committed");
    const { status, stderr } = adopt(copy, "web-shop");
    expect([status, stderr]).toEqual([
      1,
      "Commit what you changed first, so that git can undo the changes that follow.\n",
    ]);
    copy.run("git", "add", "notes.txt");
    copy.run("git", "commit", "--quiet", "--message=Notes");
    expect(adopt(copy, "web-shop").status).toBe(0);
  });

  test("refuses a folder without git, unless told otherwise", () => {
    const { status, stderr } = adopt(makeCopy(), "web-shop");
    expect([status, stderr]).toEqual([
      1,
      "This folder is under no git that could undo the changes; --without-git makes them all the same.\n",
    ]);
  });
});
