import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { SessionStack, type SessionStackProps } from "../../infra/session-stack.ts";

/** Content of cdk.json. */
interface CdkJson {
  readonly app: string;
  readonly watch: object;
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * cdk.json with only the feature flags of its context, because a fork's settings in it must not affect these
 * tests.
 */
export const CDK_JSON: CdkJson = withFlagsOnly(
  JSON.parse(readFileSync(join(PROJECT_ROOT, "cdk.json"), "utf8")),
);

function withFlagsOnly(json: CdkJson): CdkJson {
  const flags = Object.entries(json.context).filter(([name]) => name.includes("@"));
  return { ...json, context: Object.fromEntries(flags) };
}

/**
 * Returns an app as the CDK's command line creates it, with the feature flags of cdk.json, but without
 * bundling. The CDK's own validation of templates is turned off, because loading it takes as long as ten
 * syntheses; `npm run synth` includes it.
 */
export function appWithoutBundling(outdir: string, context: Readonly<Record<string, unknown>> = {}): App {
  return new App({
    outdir,
    builtinCloudFormationValidation: false,
    context: { ...CDK_JSON.context, ...WITHOUT_BUNDLING, ...context },
  });
}

/**
 * Context that adds the path of the construct to resources, and turns off bundling, copying and stack traces
 * to save time.
 */
const WITHOUT_BUNDLING = {
  "aws:cdk:enable-path-metadata": true,
  "aws:cdk:bundling-stacks": [],
  "aws:cdk:disable-asset-staging": true,
  "aws:cdk:disable-stack-trace": true,
  "aws:cdk:disable-creation-stack-traces": true,
};

/** Returns the template of a stack. */
export function synthesizeStack(props: SessionStackProps, name = "Sessions"): Template {
  const outdir = mkdtempSync(join(tmpdir(), "synthesize-"));
  try {
    return Template.fromStack(new SessionStack(appWithoutBundling(outdir), name, props));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Resource of a template, with the properties that these tests read. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is CloudFormation's, and what the tests are about
  readonly Properties: Readonly<Record<string, any>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Returns all resources of a type, with their logical ids. */
export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}
