import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { commandEnvironment, HAS_GIT } from "./project-copy.ts";

const ATTRIBUTES = resolve(import.meta.dirname, "../../.gitattributes");

test.runIf(HAS_GIT)("a checkout with git's Windows settings has the bytes of the repository", () => {
  const root = mkdtempSync(join(tmpdir(), "checkout-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const env = commandEnvironment();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "core.autocrlf=true", ...args], { cwd: root, env });
  const binary = Buffer.from([0, 13, 10, 13, 10]);
  git("init", "--quiet");
  copyFileSync(ATTRIBUTES, join(root, ".gitattributes"));
  writeFileSync(join(root, "page.md"), "one\ntwo\n");
  writeFileSync(join(root, "image.png"), binary);
  git("add", ".");
  git("commit", "--quiet", "--message", "files");
  git("rm", "-rq", "--cached", ".");
  for (const name of ["page.md", "image.png"]) rmSync(join(root, name));
  git("reset", "--quiet", "--hard");
  expect(readFileSync(join(root, "page.md"), "utf8")).toBe("one\ntwo\n");
  expect(readFileSync(join(root, "image.png"))).toEqual(binary);
});
