import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

const PAGES = globSync(["*.md", "docs/**/*.md"], { cwd: PROJECT_ROOT });

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
});
