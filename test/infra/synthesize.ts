import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { SessionStack, type SessionStackProps } from "../../infra/session-stack.ts";

/** What cdk.json holds. */
interface CdkJson {
  readonly app: string;
  readonly watch: object;
  readonly context: Readonly<Record<string, unknown>>;
}

/** cdk.json with the feature flags of its context: a fork's own settings there are no matter of these tests. */
export const CDK_JSON: CdkJson = withFlagsOnly(
  JSON.parse(readFileSync(join(PROJECT_ROOT, "cdk.json"), "utf8")),
);

function withFlagsOnly(json: CdkJson): CdkJson {
  const flags = Object.entries(json.context).filter(([name]) => name.includes("@"));
  return { ...json, context: Object.fromEntries(flags) };
}

/** An app as the CDK's command line makes it: with the feature flags of cdk.json, but without bundling. */
export function appWithoutBundling(outdir: string): App {
  return new App({ outdir, context: { ...CDK_JSON.context, "aws:cdk:bundling-stacks": [] } });
}

/** The template of the stack with the given props and name. */
export function synthesize(props: SessionStackProps = {}, name = "Sessions"): Template {
  const outdir = mkdtempSync(join(tmpdir(), "synthesize-"));
  try {
    return Template.fromStack(new SessionStack(appWithoutBundling(outdir), name, props));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A resource of a template, as far as these tests look. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is CloudFormation's, and what the tests are about
  readonly Properties: Readonly<Record<string, any>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}
