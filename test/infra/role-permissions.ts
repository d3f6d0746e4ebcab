import { dirname } from "node:path/posix";
import type { Template } from "aws-cdk-lib/assertions";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** Statement of a policy in CloudFormation. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: Readonly<Record<string, unknown>> | string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Permissions of one role. */
export interface RolePermissions {
  /** Source files of the functions with the role. */
  readonly holders: readonly unknown[];
  /** Statements that allow to assume the role. */
  readonly trust: readonly Statement[];
  /**
   * Permissions as `action on resource`, sorted. A resource of the template is shown by the path of its
   * construct, one of the function itself as `its` and the path within the function, and everything else as
   * JSON.
   */
  readonly permissions: readonly string[];
}

/**
 * Returns every role of a template with its permissions from its own policies, from policies that name it and
 * from managed ones.
 */
export function permissionsOf(template: Template): RolePermissions[] {
  const roles = resourcesOf(template, "AWS::IAM::Role");
  return roles.map(([id, { Properties }]) => {
    const functions = resourcesOf(template, "AWS::Lambda::Function").filter(
      ([, of]) => of.Properties.Role["Fn::GetAtt"]?.[0] === id,
    );
    const nameOf = (resource: unknown) => formatResource(template, resource, functions);
    const statements = [...inlineStatements(Properties), ...attachedStatements(template, id)];
    const managed = (Properties.ManagedPolicyArns ?? []).map(
      (arn: unknown) => `all of ${JSON.stringify(arn)}`,
    );
    return {
      holders: functions.map(([, { Metadata }]) => Metadata?.["local:entry"]),
      trust: Properties.AssumeRolePolicyDocument.Statement,
      permissions: [...statements.flatMap((one) => permissionLines(one, nameOf)), ...managed].toSorted(),
    };
  });
}

/**
 * Returns the statements of all resource policies in a template, such as a topic's. Policies of roles are not
 * included.
 */
export function resourcePolicyStatements(template: Template): Statement[] {
  const others = Object.values(template.toJSON().Resources as Record<string, Resource>).filter(
    ({ Type }) => !Type.startsWith("AWS::IAM::"),
  );
  return others.flatMap(({ Properties }) => findStatements(Properties));
}

/**
 * Returns whether a statement allows everybody, or a service of AWS on anybody's behalf. The account itself
 * is allowed.
 */
export function allowsEverybody({ Effect, Principal, Condition = {} }: Statement): boolean {
  const isForAll = JSON.stringify(Principal).includes('"*"');
  const isForService = Object(Principal).Service !== undefined;
  const isBound = /aws:Source(Account|Arn|Owner)/i.test(JSON.stringify(Condition));
  return Effect === "Allow" && (isForAll || (isForService && !isBound));
}

function inlineStatements({ Policies = [] }: Resource["Properties"]): Statement[] {
  return Policies.flatMap(findStatements);
}

function attachedStatements(template: Template, roleId: string): Statement[] {
  const policies = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];
  const all = policies.flatMap((type) => resourcesOf(template, type));
  return all
    .filter(([, { Properties }]) => JSON.stringify(Properties).includes(`{"Ref":"${roleId}"}`))
    .flatMap(([, { Properties }]) => findStatements(Properties));
}

/** Returns the statements anywhere in a value. */
function findStatements(value: unknown): Statement[] {
  if (typeof value !== "object" || value === null) return [];
  if ("Effect" in value) return [value as Statement];
  return Object.values(value).flatMap(findStatements);
}

function permissionLines(statement: Statement, nameOf: (resource: unknown) => string): string[] {
  const { Effect, Action, Resource, ...rest } = statement;
  const more = Effect === "Allow" ? rest : { Effect, ...rest };
  const ending = Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : "";
  const actions = [Action ?? "no Action"].flat();
  const resources = [Resource ?? "no Resource"].flat();
  return actions.flatMap((action) => resources.map((one) => `${action} on ${nameOf(one)}${ending}`));
}

/** Returns the construct's path for a resource of the template, and JSON for anything else. */
function formatResource(
  template: Template,
  resource: unknown,
  holders: readonly [id: string, resource: Resource][],
): string {
  const { Ref, "Fn::GetAtt": [id, attribute] = [Ref, "Arn"] } = Object(resource);
  const found: Resource | undefined = attribute === "Arn" ? template.toJSON().Resources[id] : undefined;
  if (found === undefined) return JSON.stringify(resource);
  const path = constructPath(found);
  const [own] = holders.map(([, holder]) => `${dirname(constructPath(holder))}/`);
  return own !== undefined && path.startsWith(own) ? `its ${path.slice(own.length)}` : path || id;
}

/** Returns the path of a resource's construct without the stack's name, or "" in a template without paths. */
function constructPath({ Metadata }: Resource): string {
  const path = String(Metadata?.["aws:cdk:path"] ?? "");
  return path
    .split("/")
    .slice(1)
    .join("/")
    .replace(/\/Resource$/, "");
}
