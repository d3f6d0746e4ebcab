import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdoptedProject, PACKED_LIBRARY } from "./adopted-project.ts";
import { visit } from "./visit.ts";

interface Variant {
  readonly options: readonly string[];
  /** The name of the project's stack. */
  readonly stack: string;
  readonly hasExamples: boolean;
  /** The status of `GET /demo`. */
  readonly demo: 200 | 404;
  /** Returns the command that runs its tests. Default: `npm test`. */
  readonly tests?: (project: AdoptedProject) => string;
}

const PLAIN: Variant = { options: [], stack: "WebShop", hasExamples: true, demo: 200 };
const SMALL = ["--without-demo", "--without-examples"];

/** Returns the tests of everything that differs from the first variant. */
const application = () => "npm run test:app";

/**
 * Returns the tests that the adoption can change: those of the application, and those of the library that
 * read files or start programs. All others only import what `npm run check` compiles, and the template's
 * suite runs them with the same source.
 */
function changeable(project: AdoptedProject): string {
  const library = project.files.filter((path) => /^test\/shared\/.*\.test\.ts$/.test(path));
  const readers = library.filter((path) =>
    /"node:(fs|child_process)|PROJECT_ROOT|import\.meta\./.test(project.read(path)),
  );
  expect(readers.length).toBeGreaterThan(5);
  return ["npm test --", "test/functions", "test/infra", "test/support", ...readers].join(" ");
}

/** The tests of everything that differs from the template. The template's own suite runs all others. */
const workshop = () =>
  "npx vitest run test/functions test/infra test/template/github test/template/architecture.test.ts";

const VARIANTS: Readonly<Record<string, Variant>> = {
  "by default, with another name for its stack": {
    ...PLAIN,
    options: ["--stack", "Acme-Shop"],
    stack: "Acme-Shop",
    tests: changeable,
  },
  "with the workshop": { ...PLAIN, options: ["--with-workshop"], tests: workshop },
  "without the demo": { ...PLAIN, options: ["--without-demo"], demo: 404, tests: application },
  "without demo and examples": {
    ...PLAIN,
    options: SMALL,
    hasExamples: false,
    demo: 404,
    tests: application,
  },
  "without demo and examples, with the package": {
    ...PLAIN,
    options: [...SMALL, "--with-package", PACKED_LIBRARY],
    hasExamples: false,
    demo: 404,
  },
};

describe.each(Object.entries(VARIANTS))("a project that was adopted %s", (_, variant) => {
  const project = new AdoptedProject();
  beforeAll(() => project.adopt("@acme/web-shop", ...variant.options));
  afterAll(() => project.remove());

  test("an adopted project starts with npm start and answers GET / and GET /demo", async () => {
    const { url, stop } = await project.start();
    try {
      if (variant.hasExamples) await visit(url);
      expect(await (await fetch(url)).text()).toContain("<h1>Hello");
      expect((await fetch(`${url}/demo`)).status).toBe(variant.demo);
    } finally {
      await stop();
    }
  });

  test("an adopted project passes its tests", () => {
    const command = variant.tests?.(project) ?? "npm test";
    expect(project.sh(`${command} 2>&1`)).toMatch(/Test Files .*\d+ passed/);
  });

  test("an adopted project passes lint, types and synthesis, and its stack has its name", () => {
    project.sh("npm run check");
    expect(project.read("cdk.out/manifest.json")).toContain(`"${variant.stack}"`);
  });

  test("an adopted project has no changed files after all commands ran", () => {
    expect(project.sh("git status --porcelain")).toBe("");
  });
});
