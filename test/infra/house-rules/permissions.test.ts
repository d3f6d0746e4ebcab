import { describe, expect, test } from "vitest";
import { APPLICATION } from "../../../infra/application.ts";
import { type FunctionFile, ROTATION_FUNCTION } from "../../../infra/routes.ts";
import type { SessionStorage } from "../../../infra/settings/session-storage.ts";
import { FORBIDDEN_RESOURCES, TRUSTED_SERVICES } from "../../house-rules.ts";
import { allowsEverybody, permissionsOf, resourcePolicyStatements } from "../role-permissions.ts";
import { type Resource, resourcesOf, synthesizeStack } from "../synthesize.ts";
import { rulesOf, STORAGES } from "./rules-of.ts";

/** Returns the differences between the permissions of a function and the house rules, as sentences. */
function violations(file: FunctionFile, storage: SessionStorage, found: readonly string[]): string[] {
  const { permissions } = rulesOf(file, storage);
  const more = found.filter((one) => !permissions.includes(one)).join(", ");
  const missing = permissions.filter((one) => !found.includes(one)).join(", ");
  return [
    ...(more ? [`${file} may also: ${more}. If it needs that, say so in MORE of test/house-rules.ts.`] : []),
    ...(missing ? [`${file} may not: ${missing}. Grant it, or take it out of test/house-rules.ts.`] : []),
  ];
}

const OIDC = {
  signIn: "oidc",
  oidcIssuer: "https://accounts.example.com",
  oidcClientId: "client-1",
} as const;

const STACKS = STORAGES.flatMap((storage) =>
  [{}, OIDC].map((signIn) => ({
    ...signIn,
    storage,
    name: `${storage}${"signIn" in signIn ? " and signIn=oidc" : ""}`,
  })),
);

describe.each(STACKS)("in the project's own stack with storage=$name", ({ name: _, storage, ...signIn }) => {
  const props = {
    application: APPLICATION,
    storage,
    stage: "prod",
    demo: true,
  } as const;
  const template = synthesizeStack({ ...props, ...signIn });
  const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
  const functionRoles = permissionsOf(template).filter(({ holders }) => holders.length > 0);

  test("each function with a source has a role of its own", () => {
    expect(functionRoles.filter(({ holders }) => holders.length > 1).map(({ holders }) => holders)).toEqual(
      [],
    );
    expect(functionRoles.map(({ holders: [file] }) => file)).toContain(ROTATION_FUNCTION);
  });

  test("each function has the permissions of test/house-rules.ts and no others", () => {
    const found = functionRoles.flatMap(({ holders: [file], permissions }) =>
      typeof file === "string" ? violations(file as FunctionFile, storage, permissions) : [],
    );
    expect(found).toEqual([]);
  });

  test("only services of TRUSTED_SERVICES in test/house-rules.ts may assume a role", () => {
    const trusted = permissionsOf(template).flatMap(({ trust }) => trust.map(({ Principal }) => Principal));
    const services = trusted.map((principal) => Object(principal).Service ?? JSON.stringify(principal));
    expect(services.filter((service) => !TRUSTED_SERVICES.includes(service))).toEqual([]);
  });

  test("no resource has a type of FORBIDDEN_RESOURCES in test/house-rules.ts", () => {
    const forbidden = resources.filter(([, { Type }]) => FORBIDDEN_RESOURCES.test(Type));
    expect(forbidden.map(([id, { Type }]) => `${id} is an ${Type}`)).toEqual([]);
  });

  test("a service may invoke a function only for a resource or the account of the stack", () => {
    const open = resourcesOf(template, "AWS::Lambda::Permission").filter(
      ([, { Properties }]) =>
        (Properties.SourceArn ?? Properties.SourceAccount) === undefined && !isAllowedUrl(Properties),
    );
    expect(open.map(([id]) => id)).toEqual([]);
  });

  test("no resource policy allows everybody", () => {
    expect(resourcePolicyStatements(template).filter(allowsEverybody)).toEqual([]);
  });
});

/** Returns whether a permission is that of a function URL, and FORBIDDEN_RESOURCES allows those. */
function isAllowedUrl({ FunctionUrlAuthType, InvokedViaFunctionUrl }: Record<string, unknown>): boolean {
  const isOfUrl = FunctionUrlAuthType !== undefined || InvokedViaFunctionUrl === true;
  return isOfUrl && !FORBIDDEN_RESOURCES.test("AWS::Lambda::Url");
}
