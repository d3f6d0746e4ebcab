import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

const folder = mkdtempSync(join(tmpdir(), "comment-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The file with the calls of `gh`, one list of arguments for each. */
const CALLS = join(folder, "calls");

/**
 * Installs a `gh` that records its arguments, each with a zero byte after it, and finds comments with these
 * ids.
 */
function installGh(...ids: number[]): void {
  const gh = join(folder, "gh");
  const found = ids.map((id) => `echo ${id}`).join("\n");
  const note = `printf '%s\\0' "$@" $'\\n' >> "${CALLS}"`;
  writeFileSync(gh, `#!/usr/bin/env bash\n${note}\n[[ "$*" == *--paginate* ]] || exit 0\n${found}\n`);
  chmodSync(gh, 0o755);
  rmSync(CALLS, { force: true });
}

function comment(name: string, text: string): string[][] {
  const { status, stderr } = spawnSync(join(PROJECT_ROOT, ".github/comment.sh"), [name], {
    input: text,
    encoding: "utf8",
    env: {
      PATH: [folder, process.env.PATH].join(delimiter),
      GITHUB_REPOSITORY: "octo-org/octo-repo",
      PULL_REQUEST: "12",
    },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const calls = readFileSync(CALLS, "utf8").split("\0\n\0");
  return calls.slice(0, -1).map((call) => call.split("\0"));
}

// The script is a shell script for GitHub's runners.
describe.skipIf(process.platform === "win32")("a comment on a pull request", () => {
  const text = 'It says `$(exit 1)` and "quotes",\nin two lines, with a trailing backslash \\';

  test("the first comment on a pull request is created with a marker of its name", () => {
    installGh();
    const [search, post, ...more] = comment("diff", text);
    expect(more).toEqual([]);
    expect(search).toContain("repos/octo-org/octo-repo/issues/12/comments?per_page=100");
    expect(search?.at(-1)).toContain('startswith("<!-- diff -->")');
    expect(search?.at(-1)).toContain('.user.login == "github-actions[bot]"');
    expect(post).toEqual([
      ...["api", "--silent", "--method", "POST", "repos/octo-org/octo-repo/issues/12/comments"],
      ...["--raw-field", `body=<!-- diff -->\n${text}`],
    ]);
  });

  test("a later comment replaces the previous one", () => {
    installGh(4711);
    const [, patch, ...more] = comment("preview", text);
    expect(more).toEqual([]);
    expect(patch).toEqual([
      ...["api", "--silent", "--method", "PATCH", "repos/octo-org/octo-repo/issues/comments/4711"],
      ...["--raw-field", `body=<!-- preview -->\n${text}`],
    ]);
  });

  test("only the last of several comments is replaced", () => {
    installGh(1, 2);
    expect(comment("diff", text).flat()).toContain("repos/octo-org/octo-repo/issues/comments/2");
  });
});
