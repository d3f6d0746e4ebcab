import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { draftAdoption } from "../../../infra/adopt/adoption.ts";
import { pageBlocks } from "./page-block.ts";
import { HAS_GIT, ProjectCopy } from "./project-copy.ts";

/** A file of the session layer that the template changes here. */
const LAYER = "shared/session/flash.ts";

describe.runIf(HAS_GIT)("docs/upgrading.md, followed by a project without the demo,", () => {
  let template: ProjectCopy;
  let project: ProjectCopy;
  let commands: Record<string, string>;

  /** Runs a block of the page, known by a piece of it, in the project. */
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

  /** Makes the project its owner's. */
  function adopt(): void {
    draftAdoption(project.root, { name: "web-shop", stack: undefined, withoutDemo: true }).apply();
    git(project, "add", "--all");
    git(project, "commit", "--quiet", "--message=Adopted");
  }

  /** What the template does in the meantime. */
  function changeTemplate(): void {
    edit(template, LAYER, (text) => `${text}\n/** New. */\nexport const NEW = true;\n`);
    edit(template, "CHANGELOG.md", (text) => text.replace("## Unreleased\n", "## Unreleased\n\nBe quick.\n"));
    edit(template, "README.md", (text) => text.replace("# Lambda sessions\n", "# Sessions\n"));
    edit(template, "functions/demo/home.ts", (text) => `${text}\n// New.\n`);
    git(template, "commit", "--all", "--quiet", "--message=Better");
  }

  function upgrade(): void {
    const news = follow("git diff ...template/main");
    expect([news.status, news.stdout]).toEqual([0, expect.stringContaining("+Be quick.\n")]);
    expect(follow("git merge template/main").stdout).toContain("CONFLICT");
    expect(follow("git checkout HEAD --")).toMatchObject({ status: 0 });
  }

  function expectUpgraded(): void {
    expect(git(project, "status", "--short")).toBe(`M  ${LAYER}`);
    expect(project.read(LAYER)).toContain("export const NEW");
    expect(project.read("README.md")).toMatch(/^# web-shop\n/);
    git(project, "commit", "--quiet", "--message=The template's changes");
  }

  test("brings the template's changes into a clone, which keeps its own", () => {
    project.remove();
    mkdirSync(project.root);
    git(project, "clone", "--quiet", template.root, ".");
    git(project, "remote", "remove", "origin");
    adopt();
    changeTemplate();
    expect(follow("git remote add", { TEMPLATE_URL: template.root }).status).toBe(0);
    upgrade();
    expectUpgraded();
  });

  test("brings them into a project that began as a copy of the files, too", () => {
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
