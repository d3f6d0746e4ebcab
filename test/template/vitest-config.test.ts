import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import config from "../../vitest.config.ts";

interface Project {
  readonly test: {
    readonly name: string;
    readonly include: readonly string[];
    readonly exclude?: readonly string[];
  };
}

/** Returns the names of the projects of vitest that run a file. */
function projectsOf(file: string): string[] {
  const projects = (config.test?.projects ?? []) as unknown as readonly Project[];
  return projects.flatMap(({ test: { name, include, exclude = [] } }) => {
    const isMatched = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(file, pattern));
    return isMatched(include) && !isMatched(exclude) ? [name] : [];
  });
}

test("npm test runs each file of tests once", () => {
  const files = globSync("test/**/*.test.ts", { cwd: PROJECT_ROOT, exclude: ["**/node_modules/**"] });
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => projectsOf(file).length !== 1)).toEqual([]);
});

test.each([
  "test/shop.test.ts",
  "test/shop/cart.test.ts",
  "test/shop/cart/items.test.ts",
  "test/shop/local-run/orders.test.ts",
])("npm test runs tests of an application that are outside the template's folders: %s", (file) => {
  expect(projectsOf(file)).toEqual(["others"]);
});
