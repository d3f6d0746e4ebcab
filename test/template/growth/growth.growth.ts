import { afterAll, expect, test } from "vitest";
import { GrowingProject } from "./growing-project.ts";
import { STEPS } from "./steps.ts";

const project = new GrowingProject();
afterAll(() => project.remove());

/** The files of the template's tests that a step may change. */
const MAY_CHANGE = ["test/house-rules.ts"];

test.each(STEPS)("with $what the application's tests and the types pass", async (step) => {
  const before = project.texts();
  await project.take(step);
  const tests = Object.entries(project.texts()).filter(([path]) => path.startsWith("test/"));
  const changed = tests
    .filter(([path, text]) => path in before && before[path] !== text)
    .map(([path]) => path);
  expect(changed.filter((path) => !MAY_CHANGE.includes(path))).toEqual([]);
  project.npmRun("types");
  project.npmRun("test:app");
});
