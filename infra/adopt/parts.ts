import type { AdoptOptions } from "./adopt-options.ts";

/** A part of the template that a project can do without. A page's block of the same name goes with it. */
export type Part = keyof typeof PARTS;

/**
 * The files and folders of each part, by path or pattern. What refers to them, such as an npm script, a
 * package that only they import or a line of the routes, is not listed: it is found by its reference to a
 * removed path.
 */
export const PARTS = {
  /** Tests of this command and of the template's README, which the first adoption replaces. */
  adoption: ["docs/decisions/adopt.md", "test/template/adopt", "test/template/readme.test.ts"],
  /** Tests that prove the template, and the record of how it was decided. */
  workshop: [
    "docs/benchmark.md",
    "docs/decisions",
    "docs/deployment-test.md",
    "docs/images",
    "infra/adopt",
    "test/template",
  ],
  demo: ["functions/demo", "infra/demo-routes.ts", "test/functions/demo"],
  /** All handlers but `functions/home.ts`, with their tests. */
  examples: [
    "functions/get.ts",
    "functions/session.ts",
    "functions/sessions-end.ts",
    "functions/sessions.ts",
    "functions/set.ts",
    "functions/sign-in.ts",
    "functions/sign-out.ts",
    "functions/visits.ts",
    "test/functions/session.test.ts",
    "test/functions/sessions.test.ts",
    "test/functions/set-and-get.test.ts",
    "test/functions/sign-in.test.ts",
    "test/functions/visits.test.ts",
  ],
  /**
   * The library's source, which the package replaces, and the tests that prove `infra/` on a fixture
   * application: a project that owns as little as possible leaves both to the template. Tests of its own
   * handlers and its house rules stay.
   */
  library: [
    "shared",
    "test/infra/*.test.ts",
    "test/infra/delivery",
    "test/infra/fixture",
    "test/shared",
    "test/support/fault-proxy.test.ts",
    "test/support/proofs.ts",
  ],
  /** Sentences that are true only of a project with the package. */
  package: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Returns the parts that an adoption removes.
 *
 * @param isFirst whether the project is still the template
 */
export function removedParts(options: AdoptOptions, isFirst: boolean): ReadonlySet<Part> {
  return new Set<Part>([
    ...(isFirst ? (["adoption"] as const) : []),
    ...(options.withWorkshop ? [] : (["workshop"] as const)),
    ...(options.withoutDemo ? (["demo"] as const) : []),
    ...(options.withoutExamples ? (["examples"] as const) : []),
    options.withPackage === undefined ? "package" : "library",
  ]);
}
