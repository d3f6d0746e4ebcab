import { expect, test } from "vitest";
import { chooseStackName, SETTINGS, type Settings } from "../../infra/settings/settings.ts";

const NAME = SETTINGS.stackName.default;

test.each<[Settings, string]>([
  [{}, NAME],
  [{ stage: "dev" }, NAME],
  [{ stage: "prod" }, `${NAME}-prod`],
  [{ stage: "prod", stackName: "Shop" }, "Shop"],
])("each stage has its own stack unless stackName is given: %j", (settings, name) => {
  expect(chooseStackName(settings)).toBe(name);
});
