import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { ExampleProject } from "./example-project.ts";
import { readPageExample } from "./page-example.ts";

test("a project that has followed all pages passes npm run check", { timeout: 600_000 }, () => {
  const pages = globSync("*.md", { cwd: join(PROJECT_ROOT, "shared/docs") });
  expect(pages.length).toBeGreaterThan(5);
  const project = new ExampleProject(...pages.map((page) => readPageExample(page)));
  try {
    const { status, stdout, stderr } = project.run("npm", "run", "check");
    expect(status, `${stdout}${stderr}`).toBe(0);
  } finally {
    project.remove();
  }
});
