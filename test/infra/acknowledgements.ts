import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

/** A rule that something in an app does not keep. */
export interface Finding {
  readonly rule: string;
  /** The path of the CloudFormation resource in the tree of constructs. */
  readonly path: string;
  readonly description: string;
}

/** A rule that a construct says it does not keep, and why. */
export interface Acknowledgement {
  readonly rule: string;
  readonly construct: IConstruct;
  readonly reason: string;
}

/** What AWS Solutions' rules find in an app and nothing acknowledges: errors and warnings. */
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
  return findings.filter((finding) => !acknowledgements.some((one) => answers(one, finding)));
}

/**
 * What the constructs of an app acknowledge, but for warnings of the CDK's own. A rule may be acknowledged as cdk-nag's
 * page says it, `AwsSolutions-...`, or as the CDK proposes it, `AwsSolutions::AwsSolutions-...`.
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

/** Whether an acknowledgement answers a finding: it is of the same rule, and of the construct that makes the resource. */
export function answers({ rule, construct }: Acknowledgement, finding: Finding): boolean {
  return rule === finding.rule && `${finding.path}/`.startsWith(`${construct.node.path}/`);
}

/** Whether an acknowledgement is for a whole stack or app, and so also for what is yet to come. */
export function isBlanket({ construct }: Acknowledgement): boolean {
  return Stack.isStack(construct) || App.isApp(construct);
}
