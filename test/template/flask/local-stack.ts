import { Writable } from "node:stream";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import { type LocalServer, startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { synthesize } from "../../../shared/local-run/stack/synthesis.ts";
import type { Resource, Template } from "../../../shared/local-run/stack/template.ts";

let template: Promise<Template> | undefined;

/**
 * Runs the stack with Flask's settings and one more function, `ANY /values`, that stores and returns every
 * type.
 */
export async function startStack(secretKeys: readonly string[]): Promise<LocalServer> {
  template ??= synthesize({ root: PROJECT_ROOT, context: { flask: "true" } }).then(withValues);
  const output = new Output(silence());
  return startLocalServer({ ...LOCAL_PROJECT, template: await template, port: 0, secretKeys, output });
}

/** Returns the template with a copy of one route, its integration and its function, under other names. */
function withValues(template: Template): Template {
  const resources = Object.entries(template.Resources ?? {});
  const [, fn] = find(resources, ({ Metadata }) => Metadata?.["local:entry"] === "functions/get.ts");
  const added: Record<string, Resource> = {
    ValuesFunction: { ...fn, Metadata: { "local:entry": "test/template/flask/functions/session-values.ts" } },
    ValuesIntegration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        IntegrationUri: { "Fn::GetAtt": ["ValuesFunction", "Arn"] },
        PayloadFormatVersion: "2.0",
      },
    },
    ValuesRoute: {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        RouteKey: "ANY /values",
        Target: { "Fn::Join": ["", ["integrations/", { Ref: "ValuesIntegration" }]] },
      },
    },
  };
  return { ...template, Resources: { ...template.Resources, ...added } };
}

function find(resources: [string, Resource][], matches: (resource: Resource) => boolean): [string, Resource] {
  const found = resources.find(([, resource]) => matches(resource));
  if (found === undefined)
    throw new Error("the stack has no function functions/get.ts, which this test copies");
  return found;
}

function silence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
