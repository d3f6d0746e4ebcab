import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = join(import.meta.dirname, "run.ts");

/** Replaces `go`: reports a version, and prints which toolchain it may use in place of a linter. */
const GO = `#!/bin/sh
if [ "$1" = env ]; then echo "$VERSION"; else echo "toolchain: \${GOTOOLCHAIN-any}"; fi
`;

function runWith(version: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "actionlint-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (version !== undefined) {
    writeFileSync(join(folder, "go"), GO);
    chmodSync(join(folder, "go"), 0o755);
  }
  const env = { PATH: folder, VERSION: version };
  return spawnSync(process.execPath, [SCRIPT], { encoding: "utf8", env });
}

test.skipIf(process.platform === "win32").each(["go1.21.0", "go1.24.9", "go1.26.8", "go2.0.0"])(
  "npm run test:actionlint lints with %s, which may fetch the Go that go.mod asks for",
  (version) => {
    const { status, stdout, stderr } = runWith(version);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^toolchain: any\nactionlint found no problems in .*checks\.yml/);
  },
);

test.skipIf(process.platform === "win32").each([
  ["only Go 1.20", "go1.20.14"],
  ["no Go", undefined],
])("npm run test:actionlint names the Go that it needs if there is %s", (_, version) => {
  const { status, stdout, stderr } = runWith(version);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toBe("test:actionlint needs Go 1.21 or newer as the command go.\n");
});
