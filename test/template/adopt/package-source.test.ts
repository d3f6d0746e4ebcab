import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AdoptionError } from "../../../infra/adopt/adoption-error.ts";
import { packageSource, tarballAdvice } from "../../../infra/adopt/package-source.ts";

test.each(["1.2.0", "^1.2.0", "~1.2.0", "2.0.0-rc.1"])(
  "the version %s becomes the dependency as given",
  (version) => {
    expect(packageSource(version, "/project", "/project")).toBe(version);
  },
);

test("the path of a tarball becomes a file: dependency relative to the project", () => {
  const folder = mkdtempSync(join(tmpdir(), "package-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "lambda-sessions-1.0.0.tgz"), "");
  const root = join(folder, "project");
  expect(packageSource("../lambda-sessions-1.0.0.tgz", root, root)).toBe("file:../lambda-sessions-1.0.0.tgz");
  expect(packageSource("lambda-sessions-1.0.0.tgz", root, folder)).toBe("file:../lambda-sessions-1.0.0.tgz");
});

test.each(["", "latest", "1.2", "missing.tgz", "https://example.com/x.tgz"])(
  "%j is rejected, because it is neither a version nor a tarball that exists",
  (source) => {
    const rejected = () => packageSource(source, "/project", "/project");
    expect(rejected).toThrow(AdoptionError);
    expect(rejected).toThrow(/^--with-package must be a version such as \^1\.2\.0 or the path of a tarball/);
  },
);

test.each([
  [
    "file:../lambda-sessions-1.0.0.tgz",
    "Copy it into this folder, run npm install ./lambda-sessions-1.0.0.tgz, and",
  ],
  ["file:lambda-sessions-1.0.0.tgz", "Every npm ci needs the tarball, in CI too. Commit it."],
])("an adoption with the dependency %s prints the advice to commit the tarball", (dependency, advice) => {
  expect(tarballAdvice(dependency)).toContain(advice);
});

test.each(["^1.2.0", "*"])("the dependency %s needs no advice about a tarball", (dependency) => {
  expect(tarballAdvice(dependency)).toBeUndefined();
});
