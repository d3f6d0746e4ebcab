import { expect, test } from "vitest";
import { AdoptionError } from "../../../infra/adopt/adoption-error.ts";
import { projectName } from "../../../infra/adopt/project-name.ts";

test.each([
  ["shop", "Shop"],
  ["web-shop", "WebShop"],
  ["@acme/web-shop-2", "WebShop2"],
])("the name %s gives the stack %s", (npm, stack) => {
  expect(projectName(npm)).toEqual({ npm, stack });
});

test("the stack can have another name than the project", () => {
  expect(projectName("web-shop", "Acme-Shop")).toEqual({ npm: "web-shop", stack: "Acme-Shop" });
});

test.each([
  "",
  "Shop",
  "web_shop",
  "2shop",
  "-shop",
  "shop-",
  "web--shop",
  "web shop",
  "@acme",
  "@acme/",
  "a/b",
  "x".repeat(101),
])("the name %j is rejected with an error that says which names are allowed", (npm) => {
  expect(() => projectName(npm)).toThrow(AdoptionError);
  expect(() => projectName(npm)).toThrow(/^The name must have lower-case letters, .+, not ".*"\.$/);
});

test("a name that CloudFormation does not allow is rejected with the error of the setting", () => {
  const refused = () => projectName("shop", "my_shop");
  expect(refused).toThrow(AdoptionError);
  expect(refused).toThrow(/^The setting stackName must be a letter, .+, not "my_shop"\.$/);
});
