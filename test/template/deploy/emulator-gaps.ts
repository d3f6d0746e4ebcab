import type { Resource, Template } from "../../../shared/local-run/stack/template.ts";

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

/**
 * Returns a template that MiniStack can deploy, and a line for each removed type with the reason.
 *
 * @param service the address that replaces those of HTTP services. Default: none is replaced
 */
export function withoutGaps(
  template: Template,
  service?: string,
): { readonly template: Template; readonly leftOut: string[] } {
  const resources = Object.entries(template.Resources ?? {});
  const gone = new Map(
    resources.flatMap(([id, { Type }]) => (Object.hasOwn(LEFT_OUT, Type) ? [[id, `${LEFT_OUT[Type]}`]] : [])),
  );
  const secrets = resources
    .filter(([, { Type }]) => Type === "AWS::SecretsManager::Secret")
    .map(([id]) => id);
  const kept = Object.fromEntries(
    resources
      .filter(([id]) => !gone.has(id))
      .map(([id, resource]) => [id, withService(withCors(resource), service)]),
  );
  const lines = resources.filter(([id]) => gone.has(id)).map(([id, { Type }]) => `${Type}: ${gone.get(id)}`);
  return {
    template: adapt({ ...template, Resources: kept }, { gone, secrets: new Set(secrets) }) as Template,
    leftOut: [...new Set(lines)],
  };
}

/**
 * Names the members of an API's CORS configuration a second time, as the API of API Gateway writes them.
 * MiniStack stores the configuration as the template writes it, but reads only the other names.
 */
function withCors(resource: Resource): Resource {
  const { CorsConfiguration: cors } = (resource.Properties ?? {}) as { CorsConfiguration?: object };
  if (resource.Type !== "AWS::ApiGatewayV2::Api" || cors === undefined) return resource;
  const renamed = Object.entries(cors).map(([name, value]) => [
    `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    value,
  ]);
  const both = { ...cors, ...Object.fromEntries(renamed) };
  return { ...resource, Properties: { ...resource.Properties, CorsConfiguration: both } };
}

/**
 * Sends the requests for an HTTP service to an address of this machine, to which MiniStack appends the path
 * of the request. It has the values of a Lambda authorizer under another name than AWS.
 */
function withService(resource: Resource, service: string | undefined): Resource {
  const { Properties = {} } = resource;
  if (service === undefined || Properties.IntegrationType !== "HTTP_PROXY") return resource;
  const names = JSON.stringify(Properties.RequestParameters ?? {});
  const RequestParameters = JSON.parse(
    names.replaceAll("$context.authorizer.", "$context.authorizer.lambda."),
  );
  return { ...resource, Properties: { ...Properties, IntegrationUri: service, RequestParameters } };
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
