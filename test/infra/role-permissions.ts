import { dirname } from "node:path/posix";
import type { Template } from "aws-cdk-lib/assertions";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** One statement of a policy, as CloudFormation has it. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: Readonly<Record<string, unknown>> | string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the holders of one role may do. */
export interface RolePermissions {
  /** The source files of the functions that have the role. */
  readonly holders: readonly unknown[];
  /** Who may take the role, as CloudFormation has it. */
  readonly trust: readonly Statement[];
  /**
   * Each as `action on resource`, sorted: a resource of the template by the path of its construct, and one of the
   * function's own as `its` and the path within the function. What is more than action and resource shows as JSON.
   */
  readonly permissions: readonly string[];
}

/** Every role of a template with all that it is given: its own policies, policies that name it, managed ones. */
export function permissionsOf(template: Template): RolePermissions[] {
  const roles = resourcesOf(template, "AWS::IAM::Role");
  return roles.map(([id, { Properties }]) => {
    const functions = resourcesOf(template, "AWS::Lambda::Function").filter(
      ([, of]) => of.Properties.Role["Fn::GetAtt"]?.[0] === id,
    );
    const nameOf = (resource: unknown) => resourceName(template, resource, functions);
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

/** Every statement of a template that lets others at a resource, such as a topic's policy; roles are not among them. */
export function resourcePolicyStatements(template: Template): Statement[] {
  const others = Object.values(template.toJSON().Resources as Record<string, Resource>).filter(
    ({ Type }) => !Type.startsWith("AWS::IAM::"),
  );
  return others.flatMap(({ Properties }) => statementsWithin(Properties));
}

/** Returns whether a statement lets in everybody, or a service of AWS on anybody's behalf. The account itself is no stranger. */
export function isOpenDoor({ Effect, Principal, Condition = {} }: Statement): boolean {
  const isForAll = JSON.stringify(Principal).includes('"*"');
  const isForService = Object(Principal).Service !== undefined;
  const isBound = /aws:Source(Account|Arn|Owner)/i.test(JSON.stringify(Condition));
  return Effect === "Allow" && (isForAll || (isForService && !isBound));
}

function inlineStatements({ Policies = [] }: Resource["Properties"]): Statement[] {
  return Policies.flatMap(statementsWithin);
}

function attachedStatements(template: Template, roleId: string): Statement[] {
  const policies = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];
  const all = policies.flatMap((type) => resourcesOf(template, type));
  return all
    .filter(([, { Properties }]) => JSON.stringify(Properties).includes(`{"Ref":"${roleId}"}`))
    .flatMap(([, { Properties }]) => statementsWithin(Properties));
}

/** The statements anywhere in a value. */
function statementsWithin(value: unknown): Statement[] {
  if (typeof value !== "object" || value === null) return [];
  if ("Effect" in value) return [value as Statement];
  return Object.values(value).flatMap(statementsWithin);
}

function permissionLines(statement: Statement, nameOf: (resource: unknown) => string): string[] {
  const { Effect, Action, Resource, ...rest } = statement;
  const more = Effect === "Allow" ? rest : { Effect, ...rest };
  const ending = Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : "";
  const actions = [Action ?? "no Action"].flat();
  const resources = [Resource ?? "no Resource"].flat();
  return actions.flatMap((action) => resources.map((one) => `${action} on ${nameOf(one)}${ending}`));
}

/** Returns the construct's path for a resource of the template, and the JSON of anything else. */
function resourceName(
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

/** Returns where a resource is in the tree of constructs, without the stack's name; "" in a template without paths. */
function constructPath({ Metadata }: Resource): string {
  const path = String(Metadata?.["aws:cdk:path"] ?? "");
  return path
    .split("/")
    .slice(1)
    .join("/")
    .replace(/\/Resource$/, "");
}
