import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { pageBlocks } from "../page-block.ts";
import { parseExample } from "./page-example.ts";

const DOCS = join(PROJECT_ROOT, "shared/docs");
const TESTS = globSync("*.frameworks.ts", { cwd: import.meta.dirname }).map((file) =>
  readFileSync(join(import.meta.dirname, file), "utf8"),
);

/** The pages with examples, and the files of each. */
const EXAMPLES = globSync("*.md", { cwd: DOCS })
  .map((page) => {
    const blocks = pageBlocks(readFileSync(join(DOCS, page), "utf8"));
    return [page, blocks.flatMap(({ path }) => (path === undefined ? [] : [path]))] as const;
  })
  .filter(([, paths]) => paths.length > 0);

test.each(EXAMPLES)("a test follows every example of the page %s", (page, paths) => {
  const own = TESTS.filter((text) => text.includes(`"${page}"`));
  const isWhole = own.some((text) => new RegExp(`"${page}"(?![^)]*\\bfiles:)`).test(text));
  const files = paths.filter((path) => path !== "infra/routes.ts");
  expect(own.length).toBeGreaterThan(0);
  expect(files.filter((path) => !isWhole && !own.some((text) => text.includes(`"${path}"`)))).toEqual([]);
});

test("the paragraph above each example names its file, because a rendered page does not show it", () => {
  const hidden = EXAMPLES.flatMap(([page]) => {
    const text = readFileSync(join(DOCS, page), "utf8");
    const blocks = [...text.matchAll(/^((?:.+\n)*)\n```\w+ (\S+)$/gm)];
    return blocks.flatMap(([, above = "", path]) =>
      above.includes(`\`${path}\``) ? [] : [`${page}: ${path}`],
    );
  });
  expect(hidden).toEqual([]);
});

test("a project can follow all pages, because no two of them have the same file", () => {
  const files = EXAMPLES.flatMap(([, paths]) => [...new Set(paths)]).filter(
    (path) => path !== "infra/routes.ts",
  );
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((path, index) => files.indexOf(path) !== index)).toEqual([]);
});

const PAGE = `
    npm install nothing

\`\`\`sh
npm install hono @middy/core
npm install --save-dev @types/express   # its types
\`\`\`

\`\`\`ts
illustrates();
\`\`\`

\`\`\`ts functions/one.ts
one();
\`\`\`

\`\`\`ts infra/routes.ts
"GET /one": "functions/one.ts",
"GET /two": "functions/two.ts",
\`\`\`

\`\`\`ts functions/two.ts
two();
\`\`\`
`;

test("the example of a page has its files, the routes to them, and the packages that the page installs", () => {
  const { files, routes, packages } = parseExample(PAGE);
  expect(Object.fromEntries(files)).toEqual({
    "functions/one.ts": "one();\n",
    "functions/two.ts": "two();\n",
  });
  expect(routes).toBe('"GET /one": "functions/one.ts",\n"GET /two": "functions/two.ts",');
  expect(packages).toEqual(["hono", "@middy/core", "@types/express"]);
});

test("a part of an example has no route to the other files", () => {
  const { files, routes } = parseExample(PAGE, ["functions/two.ts"]);
  expect([[...files.keys()], routes]).toEqual([["functions/two.ts"], '"GET /two": "functions/two.ts",']);
});

test("a page without the wanted file, without any, or with two blocks for one is rejected", () => {
  expect(() => parseExample(PAGE, ["functions/three.ts"])).toThrow("no block is functions/three.ts");
  expect(() => parseExample("# A page")).toThrow("no block is a file");
  expect(() => parseExample(PAGE + PAGE)).toThrow("two blocks have the same file");
});
