import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findReferences, resolveString } from "../../../shared/local-run/stack/intrinsics.ts";
import { type Resource, resourcesOf, type Template } from "../../../shared/local-run/stack/template.ts";

const execute = promisify(execFile);

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A function as `cdk deploy` would upload it. */
export interface BuiltFunction {
  /** The path of its source file. */
  readonly entry: string;
  /** The folder of its code, which is Lambda's task root. */
  readonly folder: string;
  /** The name of the handler, such as `index.handler`. */
  readonly handler: string;
  /** Its environment in the template. A value that only a deployment resolves is a logical id. */
  readonly environment: Readonly<Record<string, string>>;
  /** The keys of the routes that invoke it. */
  readonly routes: readonly string[];
}

/**
 * Synthesizes a stack with its assets, as `cdk deploy` does, and returns its functions.
 *
 * @param context settings, as CDK context
 * @throws Error with the CDK's error output
 */
export async function buildFunctions(
  name: string,
  context: Readonly<Record<string, string>>,
): Promise<BuiltFunction[]> {
  const output = join(ROOT, ".local/test-runtime", name);
  const settings = Object.entries(context).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const cdk = [join(ROOT, "node_modules/aws-cdk/bin/cdk"), "synth", "--quiet", "--no-notices"];
  await execute(process.execPath, [...cdk, "--output", output, ...settings], {
    cwd: ROOT,
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: "true" },
  });
  const [file = ""] = readdirSync(output).filter((one) => one.endsWith(".template.json"));
  const template: Template = JSON.parse(readFileSync(join(output, file), "utf8"));
  return resourcesOf(template, "AWS::Lambda::Function").map(([id, resource]) => ({
    ...readFunction(resource, template, output),
    routes: routesTo(id, template),
  }));
}

function readFunction({ Properties = {}, Metadata = {} }: Resource, template: Template, output: string) {
  const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  const variables = Object.entries(Variables).map(([name, value]) => [
    name,
    `${resolveString(value, template)}`,
  ]);
  const { LogFormat, ApplicationLogLevel } = (Properties.LoggingConfig ?? {}) as Record<string, string>;
  return {
    entry: `${Metadata["local:entry"]}`,
    folder: join(output, `${Metadata["aws:asset:path"]}`),
    handler: `${Properties.Handler}`,
    environment: {
      ...Object.fromEntries(variables),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${Properties.MemorySize}`,
      ...(LogFormat !== undefined && { AWS_LAMBDA_LOG_FORMAT: LogFormat }),
      ...(ApplicationLogLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel }),
    },
  };
}

function routesTo(id: string, template: Template): string[] {
  const integrations = resourcesOf(template, "AWS::ApiGatewayV2::Integration")
    .filter(([, { Properties }]) => findReferences(Properties?.IntegrationUri).includes(id))
    .map(([name]) => name);
  return resourcesOf(template, "AWS::ApiGatewayV2::Route")
    .filter(([, { Properties }]) =>
      findReferences(Properties?.Target).some((name) => integrations.includes(name)),
    )
    .map(([, { Properties }]) => `${Properties?.RouteKey}`);
}
