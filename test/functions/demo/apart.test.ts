import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

/** What goes with the demo, or is made to take it out. */
const OWN = [
  "functions/demo/",
  "infra/demo-routes.ts",
  "infra/adopt/",
  "test/functions/demo/",
  "test/template/adopt/",
];

test("the routes table alone names the demo, so that it can be taken out", () => {
  const files = globSync("{functions,infra,shared,test}/**/*.ts", {
    cwd: PROJECT_ROOT,
    exclude: ["**/node_modules/**"],
  });
  const others = files.filter((file) => !OWN.some((place) => file.startsWith(place)));
  const naming = others.filter((file) =>
    /demo(?!nstrat)/i.test(readFileSync(join(PROJECT_ROOT, file), "utf8")),
  );
  expect(naming).toEqual(["infra/routes.ts"]);
});
