import type { Template } from "./template.ts";

/** Account in every local ARN and event. */
export const LOCAL_ACCOUNT = "123456789012";

/** Region that functions read from `AWS_REGION`. */
export const LOCAL_REGION = "us-east-1";

/** Local values of CloudFormation's pseudo parameters. */
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  "AWS::AccountId": LOCAL_ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": LOCAL_REGION,
  "AWS::StackId": `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/local/local`,
  "AWS::StackName": "local",
  "AWS::URLSuffix": "amazonaws.com",
};

/**
 * Resolves a value of a template to a string: literals, parameters with a default, pseudo parameters, and
 * `Fn::Join` and `Fn::Sub` of these. Values that only a deployment knows become readable placeholders: a
 * resource becomes its logical id, which is also the name of a local table, and its ARN becomes `Id.Arn`.
 *
 * @returns undefined for `AWS::NoValue`
 */
export function resolveString(value: unknown, template: Template): string | undefined {
  if (value === null || typeof value !== "object") return String(value);
  const [[name, argument] = ["nothing", undefined]] = Object.entries(value);
  if (name === "Ref") return resolveReference(String(argument), template);
  if (name === "Fn::GetAtt") return [argument].flat().join(".");
  if (name === "Fn::Join") return join(argument as [string, unknown[]], template);
  if (name === "Fn::Sub") return substitute(argument as Substitution, template);
  return name;
}

/** Returns the logical ids that a value refers to, in order. */
export function findReferences(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === "Ref") return [String(argument)];
    if (name === "Fn::GetAtt") return [String([argument].flat()[0]).split(".")[0] as string];
    if (name === "Fn::Sub")
      return [...String([argument].flat()[0]).matchAll(/\$\{([\w:]+)/g)].map((match) => match[1] ?? "");
    return findReferences(argument);
  });
}

type Substitution = string | readonly [string, Readonly<Record<string, unknown>>];

function resolveReference(name: string, { Parameters }: Template): string | undefined {
  if (name === "AWS::NoValue") return undefined;
  const parameter = Parameters?.[name]?.Default;
  return PSEUDO_PARAMETERS[name] ?? String(parameter ?? name);
}

function join([separator, parts]: [string, unknown[]], template: Template): string {
  return parts.flatMap((part) => resolveString(part, template) ?? []).join(separator);
}

function substitute(argument: Substitution, template: Template): string {
  const [text, variables] = typeof argument === "string" ? [argument, {}] : argument;
  return text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
    if (name in variables) return resolveString((variables as Record<string, unknown>)[name], template) ?? "";
    return resolveReference(name, template) ?? "";
  });
}
