import { afterAll, expect, test } from "vitest";
import { GrowingProject } from "./growing-project.ts";
import { GROWTH, REMOVAL } from "./steps.ts";

const project = new GrowingProject();
afterAll(() => project.remove());

/** The files of the template's tests that a step may change. */
const MAY_CHANGE = ["test/house-rules.ts"];

test.each([
  ["has grown", GROWTH],
  ["has then removed the examples", REMOVAL],
] as const)(
  "the types and the own tests of an application that %s pass, and only its house rules changed",
  async (_, steps) => {
    for (const step of steps) {
      const before = project.texts();
      await project.take(step);
      const tests = Object.entries(project.texts()).filter(([path]) => path.startsWith("test/"));
      const changed = tests.filter(([path, text]) => path in before && before[path] !== text);
      const paths = changed.map(([path]) => path);
      expect(
        paths.filter((path) => !MAY_CHANGE.includes(path)),
        step.what,
      ).toEqual([]);
    }
    project.npmRun("types");
    project.npmRun("test:app");
  },
);
