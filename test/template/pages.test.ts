import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

const PAGES = globSync(["*.md", "docs/**/*.md", "shared/*.md", "shared/docs/*.md"], { cwd: PROJECT_ROOT });

function textOf(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), "utf8");
}

/** Returns the links of a page to files of the project, relative to the root. */
function linksOf(page: string): string[] {
  const text = textOf(page).replace(/```.*?```/gs, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? "",
  );
  const own = targets.filter((target) => !/^(https?:|mailto:)/.test(target));
  return own.map((target) => (target.startsWith("#") ? page + target : join(dirname(page), target)));
}

/** Returns the anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the pages", () => {
  test.each(PAGES)("every link of a page leads to an existing file and heading: %s", (page) => {
    const broken = linksOf(page).filter((link) => {
      const [path = "", anchor] = link.split("#");
      if (!existsSync(join(PROJECT_ROOT, path))) return true;
      return anchor !== undefined && path.endsWith(".md") && !anchorsOf(path).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("the README of the library links every page of the library", () => {
    const pages = PAGES.filter((page) => page.startsWith("shared/docs/"));
    expect(pages.length).toBeGreaterThan(0);
    const linked = linksOf("shared/README.md").map((link) => link.split("#", 1).join());
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
  });

  test("a page of the library, and its README, link only pages that are in its package, and the web", () => {
    const pages = PAGES.filter((page) => page.startsWith("shared/"));
    const outside = pages.flatMap((page) =>
      linksOf(page).filter((link) => !/^shared\/(docs\/|README\.md)/.test(link)),
    );
    expect(outside).toEqual([]);
  });

  const blocks = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, block = ""]) => [page, block] as const),
  );

  test.skipIf(process.platform === "win32")("every command on a page is valid for a shell", () => {
    expect(blocks.length).toBeGreaterThan(30);
    for (const [page, input] of blocks) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input, encoding: "utf8" });
      expect({ page, input, status, stderr }).toEqual({ page, input, status: 0, stderr: "" });
    }
  });
});
