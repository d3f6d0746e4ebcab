import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

/** Violation of a rule by a resource of an app. */
export interface Finding {
  readonly rule: string;
  /** Path of the CloudFormation resource in the tree of constructs. */
  readonly path: string;
  readonly description: string;
}

/** Acknowledgement of a violation by a construct, with the reason. */
export interface Acknowledgement {
  readonly rule: string;
  readonly construct: IConstruct;
  readonly reason: string;
}

/** Returns the violations of the AWS Solutions rules that are not acknowledged: errors and warnings. */
export function findingsIn(app: App): Finding[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const findings = violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources.map(({ constructPath = "" }) => ({
      rule: ruleName,
      path: constructPath,
      description,
    })),
  );
  const acknowledgements = acknowledgementsIn(app);
  return findings.filter((finding) => !acknowledgements.some((one) => covers(one, finding)));
}

/**
 * Returns what the constructs of an app acknowledge, except the CDK's own warnings. A rule can be
 * acknowledged under its name on cdk-nag's page, `AwsSolutions-...`, or under the CDK's name,
 * `AwsSolutions::AwsSolutions-...`.
 */
export function acknowledgementsIn(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
      .map(([id, reason]) => ({ rule: id.replace(/^(annotation|AwsSolutions)::/i, ""), construct, reason }))
      .filter(({ rule }) => !rule.startsWith("@aws-cdk/")),
  );
}

/**
 * Returns whether an acknowledgement covers a violation: its rule is the same, and its construct creates the
 * resource.
 */
export function covers({ rule, construct }: Acknowledgement, finding: Finding): boolean {
  return rule === finding.rule && `${finding.path}/`.startsWith(`${construct.node.path}/`);
}

/** Returns whether an acknowledgement covers a whole stack or app, and therefore future resources too. */
export function isGlobal({ construct }: Acknowledgement): boolean {
  return Stack.isStack(construct) || App.isApp(construct);
}
