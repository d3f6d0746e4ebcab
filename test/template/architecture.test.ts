import { expect, test } from "vitest";
import { VAGUE_NAME } from "../house-rules.ts";
import { filesIn, findings, importsOf } from "../support/source-files.ts";

test("the application's tests import the library by its public entry points only", () => {
  const files = filesIn(["test/functions/**/*.ts", "test/infra/**/*.ts"]);
  expect(files.length).toBeGreaterThan(50);
  const inner = findings(files, (file) => importsOf(file).filter((name) => name.startsWith("shared/")));
  expect(inner).toEqual({});
});

test.each(["shared/utils.ts", "shared/cookie-helper.ts", "infra/secret-manager.ts"])(
  "VAGUE_NAME of the house rules matches %s",
  (file) => {
    expect(VAGUE_NAME.test(file)).toBe(true);
  },
);
