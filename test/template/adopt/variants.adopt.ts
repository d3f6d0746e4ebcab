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
  /** The command that runs its tests. Default: `npm test`. */
  readonly tests?: string;
}

const PLAIN: Variant = { options: [], stack: "WebShop", hasExamples: true, demo: 200 };
const SMALL = ["--without-demo", "--without-examples"];

/** The tests of everything that differs from the first variant, which runs those of the library, too. */
const APPLICATION = "npm run test:app";

/** The tests of everything that differs from the template. The template's own suite runs all others. */
const WORKSHOP =
  "npx vitest run test/functions test/infra test/template/github test/template/architecture.test.ts";

const VARIANTS: Readonly<Record<string, Variant>> = {
  "by default, with another name for its stack": {
    ...PLAIN,
    options: ["--stack", "Acme-Shop"],
    stack: "Acme-Shop",
  },
  "with the workshop": { ...PLAIN, options: ["--with-workshop"], tests: WORKSHOP },
  "without the demo": { ...PLAIN, options: ["--without-demo"], demo: 404, tests: APPLICATION },
  "without demo and examples": {
    ...PLAIN,
    options: SMALL,
    hasExamples: false,
    demo: 404,
    tests: APPLICATION,
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
    expect(project.sh(`${variant.tests ?? "npm test"} 2>&1`)).toMatch(/Test Files .*\d+ passed/);
  });

  test("an adopted project passes lint, types and synthesis, and its stack has its name", () => {
    project.sh("npm run check");
    expect(project.sh("npx cdk list")).toContain(variant.stack);
  });

  test("an adopted project has no changed files after all commands ran", () => {
    expect(project.sh("git status --porcelain")).toBe("");
  });
});
