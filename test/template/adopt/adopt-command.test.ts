import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_GIT, ProjectCopy } from "../project-copy.ts";

/** Returns a copy of this project, with its packages. */
function makeCopy(): ProjectCopy {
  const copy = new ProjectCopy();
  onTestFinished(() => copy.remove());
  copy.linkPackages();
  return copy;
}

/** Runs `npm run adopt -- …` in a copy. */
function adopt(copy: ProjectCopy, ...args: readonly string[]) {
  return copy.run(process.execPath, "infra/adopt/adopt.ts", ...args);
}

test.runIf(HAS_GIT)(
  "npm run adopt waits for a commit, then names the project and updates its lock file",
  () => {
    const copy = makeCopy();
    copy.commitAll();
    copy.run("git", "config", "status.showUntrackedFiles", "no");
    writeFileSync(join(copy.root, "notes.txt"), "not committed");
    const { status, stderr } = adopt(copy, "web-shop");
    expect([status, stderr]).toEqual([
      1,
      "Commit your changes first, so that git can undo those that follow.\n",
    ]);

    copy.run("git", "add", "notes.txt");
    copy.run("git", "commit", "--quiet", "--message=Notes");
    const { packages: before } = JSON.parse(copy.read("package-lock.json"));
    const adopted = adopt(copy, "web-shop", "--stack", "Acme");
    expect([adopted.status, adopted.stderr]).toEqual([0, ""]);
    expect(adopted.stdout).toContain("changed  README.md\n");
    expect(adopted.stdout).toContain("removed  test/template\n");
    expect(adopted.stdout).toMatch(
      /Left to you: .* SECURITY\.md, .*\nThen: npm ci && npm test, and commit\.\n$/s,
    );
    expect(copy.read("README.md")).toContain("deploys the stack Acme and prints its URL");
    expect(copy.files.filter((file) => file.startsWith("infra/adopt"))).toEqual([]);

    const { packages: after } = JSON.parse(copy.read("package-lock.json"));
    expect(after[""].name).toBe("web-shop");
    expect(after[""].devDependencies).toEqual(JSON.parse(copy.read("package.json")).devDependencies);
    const removed = Object.keys(before).filter((path) => !(path in after));
    expect(removed).toContain("node_modules/playwright-core");
    expect(removed).toContain("node_modules/@axe-core/playwright");
    const changed = Object.keys(after).filter(
      (path) => JSON.stringify(after[path]) !== JSON.stringify(before[path]),
    );
    expect(changed).toEqual([""]);
  },
);

describe("npm run adopt", () => {
  test("npm run adopt rejects a folder in no git repository and names the option that allows it", () => {
    const { status, stderr } = adopt(makeCopy(), "web-shop");
    expect([status, stderr]).toEqual([
      1,
      "This folder is in no git repository, so the changes could not be undone. Run git init and commit, or add --without-git.\n",
    ]);
  });

  test("npm run adopt with --dry-run changes nothing", () => {
    const copy = makeCopy();
    const before = copy.texts();
    const { status, stdout } = adopt(copy, "web-shop", "--without-demo", "--dry-run");
    expect([status, stdout]).toEqual([0, expect.stringContaining("removed  functions/demo\n")]);
    expect(stdout).toMatch(/Nothing was changed: this was a dry run.\n$/);
    expect(copy.texts()).toEqual(before);
  });

  test("npm run adopt changes nothing when a file that it would remove is missing", () => {
    const copy = makeCopy();
    rmSync(join(copy.root, "infra/demo-routes.ts"));
    const before = copy.texts();
    const { status, stdout, stderr } = adopt(copy, "web-shop", "--without-demo", "--without-git");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^infra\/demo-routes\.ts does not exist, .+\n$/);
    expect(copy.texts()).toEqual(before);
  });
});

describe("npm run adopt rejects wrong options with one line", () => {
  let copy: ProjectCopy;
  beforeAll(() => {
    copy = new ProjectCopy();
    copy.linkPackages();
    return () => copy.remove();
  });

  test.each([
    ["a missing name", [], "Name your project: npm run adopt -- NAME, such as web-shop."],
    ["the template's name", ["lambda-sessions-template"], "Name your project: npm run adopt -- NAME"],
    ["a name that npm does not allow", ["Web_Shop"], "The name must have lower-case letters"],
    ["two names", ["web", "shop"], "Give one name, not 2: web, shop."],
    [
      "an unknown option",
      ["shop", "--no-demo"],
      "Unknown option '--no-demo'. The command takes NAME, --stack NAME, --with-workshop, --without-demo, --without-examples, --with-package VERSION-OR-TARBALL, --dry-run and --without-git.",
    ],
    [
      "a tarball that does not exist",
      ["shop", "--with-package", "x.tgz"],
      "--with-package must be a version",
    ],
    [
      "the workshop without the demo that it tests",
      ["shop", "--with-workshop", "--without-demo"],
      "--with-workshop cannot be combined",
    ],
  ])("npm run adopt rejects %s with one line", (_, args, message) => {
    const { status, stdout, stderr } = adopt(copy, ...args, "--without-git");
    expect([status, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
    expect(stderr).toContain(message);
  });
});
