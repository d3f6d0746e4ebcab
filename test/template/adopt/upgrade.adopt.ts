import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { AdoptOptions } from "../../../infra/adopt/adopt-options.ts";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { pageBlocks } from "../page-block.ts";
import { ProjectCopy } from "../project-copy.ts";

/** A file of the library that the template changes. */
const LAYER = "shared/session/flash.ts";

describe("docs/upgrading.md, followed by a project without the demo,", () => {
  let template: ProjectCopy;
  let project: ProjectCopy;
  let commands: Record<string, string>;

  /** Runs the block of the page that contains a string, in the project. */
  function follow(piece: string, replacements: Readonly<Record<string, string>> = {}) {
    const [name = ""] = Object.keys(commands).filter((text) => text.includes(piece));
    expect(name, piece).not.toBe("");
    const filled = Object.entries(replacements).reduce((text, [from, to]) => text.replace(from, to), name);
    return project.run("sh", "-c", filled);
  }

  function git(copy: ProjectCopy, ...args: readonly string[]): string {
    const { status, stdout, stderr } = copy.run("git", ...args);
    expect([stderr, status], `git ${args.join(" ")}`).toEqual(["", 0]);
    return stdout.trim();
  }

  function edit(copy: ProjectCopy, path: string, change: (text: string) => string): void {
    writeFileSync(join(copy.root, path), change(copy.read(path)));
  }

  beforeEach(() => {
    [template, project] = [new ProjectCopy(), new ProjectCopy()];
    onTestFinished(() => {
      for (const copy of [template, project]) copy.remove();
    });
    const page = pageBlocks(template.read("docs/upgrading.md")).filter(({ language }) => language === "sh");
    commands = Object.fromEntries(page.map(({ code }) => [code, code]));
    template.commitAll();
  });

  function adopt(options: AdoptOptions = {}): void {
    draftAdoption(project.root, { name: "web-shop", withoutDemo: true, ...options }).apply();
    git(project, "add", "--all");
    git(project, "commit", "--quiet", "--message=Adopted");
  }

  /**
   * Changes files of the template, one of which every project removes, and adds a file to a removed folder.
   */
  function changeTemplate(): void {
    edit(template, LAYER, (text) => `${text}\n/** New. */\nexport const NEW = true;\n`);
    edit(template, "CHANGELOG.md", (text) => text.replace("## Unreleased\n", "## Unreleased\n\nBe quick.\n"));
    edit(template, "README.md", (text) => `Sessions\n${text}`);
    edit(template, "functions/demo/tamper.ts", (text) => `${text}\n// New.\n`);
    writeFileSync(join(template.root, "functions/demo/new.ts"), "// New.\n");
    writeFileSync(join(template.root, "shared/new.ts"), "// New.\n");
    git(template, "add", "--all");
    git(template, "commit", "--quiet", "--message=Better");
  }

  function upgrade(): void {
    const news = follow("git diff ...template/main");
    expect([news.status, news.stdout]).toEqual([0, expect.stringContaining("+Be quick.\n")]);
    expect(follow("git merge template/main").stdout).toContain("CONFLICT");
    expect(follow("git checkout HEAD --")).toMatchObject({ status: 0 });
  }

  function expectUpgraded(): void {
    expect(git(project, "status", "--short").split("\n")).toEqual(["A  shared/new.ts", `M  ${LAYER}`]);
    expect(project.read(LAYER)).toContain("export const NEW");
    expect(project.read("README.md")).toMatch(/^# web-shop\n/);
    git(project, "commit", "--quiet", "--message=The template's changes");
  }

  function clone(): void {
    project.remove();
    mkdirSync(project.root);
    git(project, "clone", "--quiet", template.root, ".");
    git(project, "remote", "remove", "origin");
  }

  test("docs/upgrading.md merges the template's changes into a clone, which keeps its own files", () => {
    clone();
    adopt();
    changeTemplate();
    expect(follow("git remote add", { TEMPLATE_URL: template.root }).status).toBe(0);
    upgrade();
    expectUpgraded();
  });

  test("docs/upgrading.md brings none of the library's source into a project that has the package", () => {
    clone();
    adopt({ withPackage: "1.0.0" });
    changeTemplate();
    edit(template, "infra/app.ts", (text) => `${text}\n// New.\n`);
    git(template, "commit", "--all", "--quiet", "--message=More");
    expect(follow("git remote add", { TEMPLATE_URL: template.root }).status).toBe(0);
    upgrade();
    expect(git(project, "status", "--short")).toBe("M  infra/app.ts");
  });

  test("docs/upgrading.md switches a project from the library's source to the package, and what is left compiles", () => {
    clone();
    adopt();
    expect(follow("git rm -r --quiet shared")).toMatchObject({ status: 0, stderr: "" });
    edit(project, "tsconfig.json", (text) => text.replace('"shared", ', ""));
    project.linkPackages();
    const compiled = project.run(process.execPath, "node_modules/typescript/bin/tsc", "--noEmit");
    expect([compiled.stdout, compiled.status]).toEqual(["", 0]);
  });

  test("docs/upgrading.md merges the template's changes into a project that began as a copy of the files", () => {
    const begun = git(template, "rev-parse", "HEAD");
    project.commitAll();
    adopt();
    changeTemplate();
    expect(follow("git remote add", { TEMPLATE_URL: template.root }).status).toBe(0);
    expect(follow("--allow-unrelated-histories", { COMMIT: begun })).toMatchObject({ status: 0 });
    upgrade();
    expectUpgraded();
  });
});
