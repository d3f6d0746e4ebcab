import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { synthesize } from "../../../shared/local-run/stack/synthesis.ts";
import type { Template } from "../../../shared/local-run/stack/template.ts";
import type { ExampleProject } from "./example-project.ts";
import { followPage } from "./start-example.ts";

let project: ExampleProject;
let template: Template;

beforeAll(async () => {
  project = followPage("event-forms.md");
  project.write(
    "infra/resources.ts",
    `import { Vpc } from "aws-cdk-lib/aws-ec2";
import { ApplicationLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { addAnswerUrl } from "./answer-url.ts";
import { addLatticeTarget } from "./lattice.ts";
import { addLoadBalancerTarget } from "./load-balancer.ts";
import type { SessionStack } from "./session-stack.ts";

function addLoadBalancer(stack: SessionStack): void {
  const loadBalancer = new ApplicationLoadBalancer(stack, "LoadBalancer", { vpc: new Vpc(stack, "Vpc") });
  addLoadBalancerTarget(stack, loadBalancer.addListener("Listener", { port: 80 }));
}

export const RESOURCES = [addAnswerUrl, addLatticeTarget, addLoadBalancer];
`,
  );
  template = await synthesize({ root: project.root });
});
afterAll(() => project?.remove());

function propertiesOf(type: string): unknown[] {
  return Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

describe("the stack of the examples", () => {
  test("the function of the stream has a URL that streams its response", () => {
    expect(propertiesOf("AWS::Lambda::Url")).toMatchObject([
      { AuthType: "NONE", InvokeMode: "RESPONSE_STREAM" },
    ]);
  });

  test("the target group of the load balancer passes all cookies", () => {
    expect(propertiesOf("AWS::ElasticLoadBalancingV2::TargetGroup")).toMatchObject([
      {
        TargetType: "lambda",
        TargetGroupAttributes: expect.arrayContaining([
          { Key: "lambda.multi_value_headers.enabled", Value: "true" },
        ]),
      },
    ]);
  });

  test("the target group of VPC Lattice has event structure V2, and may call its function alone", () => {
    expect(propertiesOf("AWS::VpcLattice::TargetGroup")).toMatchObject([
      { Type: "LAMBDA", Config: { LambdaEventStructureVersion: "V2" } },
    ]);
    expect(propertiesOf("AWS::Lambda::Permission")).toContainEqual(
      expect.objectContaining({
        Principal: "vpc-lattice.amazonaws.com",
        SourceArn: { "Fn::GetAtt": ["PriceTargets", "Arn"] },
      }),
    );
  });
});

test.each([
  ["adapter.test.ts", /Tests .*\d\d passed/],
  ["answer.test.ts", /Tests .*2 passed/],
])("the test %s of the page passes", (file, passed) => {
  const vitest = ["node_modules/vitest/vitest.mjs", "run", `test/functions/${file}`];
  const { status, stdout, stderr } = project.run(process.execPath, ...vitest);
  expect([status, stderr], stdout).toEqual([0, ""]);
  expect(stdout).toMatch(passed);
});
