import type { Template } from "../../../infra/local/run/stack/template.ts";

/**
 * Resource types that MiniStack 1.5.33 lacks, with the reason. They are removed from the synthesized template
 * on the emulator only; what deploys to AWS is never changed for it.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // The function is deployed, and the test calls it as Secrets Manager would. (`keyRotationDays=0` would
  // remove the function, too.)
  "AWS::SecretsManager::RotationSchedule": "MiniStack does not have the type and cannot rotate secrets.",
  "AWS::Logs::QueryDefinition": "MiniStack does not have the type.",
};

/** Returns a template that MiniStack can deploy, and a line for each removed type with the reason. */
export function withoutGaps(template: Template): { readonly template: Template; readonly leftOut: string[] } {
  const resources = Object.entries(template.Resources ?? {});
  const gone = new Map(
    resources.flatMap(([id, { Type }]) => (Object.hasOwn(LEFT_OUT, Type) ? [[id, `${LEFT_OUT[Type]}`]] : [])),
  );
  const secrets = resources
    .filter(([, { Type }]) => Type === "AWS::SecretsManager::Secret")
    .map(([id]) => id);
  const kept = Object.fromEntries(resources.filter(([id]) => !gone.has(id)));
  const lines = resources.filter(([id]) => gone.has(id)).map(([id, { Type }]) => `${Type}: ${gone.get(id)}`);
  return {
    template: adapt({ ...template, Resources: kept }, { gone, secrets: new Set(secrets) }) as Template,
    leftOut: [...new Set(lines)],
  };
}

/** The logical ids of the removed resources, and those of the secrets. */
interface Ids {
  readonly gone: ReadonlyMap<unknown, string>;
  readonly secrets: ReadonlySet<unknown>;
}

/**
 * Adapts references. `Ref` of a secret is its ARN on AWS, but its name on MiniStack, where no policy would
 * match; the attribute `Id` is the ARN on both. A reference to a removed resource becomes a string.
 */
function adapt(value: unknown, ids: Ids): unknown {
  if (Array.isArray(value)) return value.map((item) => adapt(item, ids));
  if (typeof value !== "object" || value === null) return value;
  const target = "Ref" in value ? value.Ref : "Fn::GetAtt" in value && [value["Fn::GetAtt"]].flat()[0];
  if (ids.gone.has(target)) return `left out: ${target}`;
  if ("Ref" in value && ids.secrets.has(target)) return { "Fn::GetAtt": [target, "Id"] };
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    name === "DependsOn" ? [item].flat().filter((id) => !ids.gone.has(id)) : adapt(item, ids),
  ]);
  return Object.fromEntries(entries);
}
