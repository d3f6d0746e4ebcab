import { expect, test } from "vitest";
import type { Settings } from "../../infra/settings.ts";
import { stackNameOf } from "../../infra/stack-name.ts";

test.each<[Settings, string]>([
  [{}, "LambdaSessions"],
  [{ stage: "dev" }, "LambdaSessions"],
  [{ stage: "prod" }, "LambdaSessions-prod"],
  [{ stage: "prod", stackName: "Shop" }, "Shop"],
])("each stage has a stack of its own, unless the name is given: %j", (settings, name) => {
  expect(stackNameOf(settings)).toBe(name);
});
