import { describe, expect, test } from "vitest";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const X_RAY = {
  Effect: "Allow",
  Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  // X-Ray knows no resources for these actions.
  Resource: "*",
};

describe("tracing", () => {
  test("is off unless it is asked for, and nothing may write to X-Ray", () => {
    const text = JSON.stringify(synthesize({ stage: "prod", storage: "dynamodb" }).toJSON());
    expect(text).not.toMatch(/TracingConfig|xray/i);
  });

  test("is Lambda's own, for every function, with what it takes to write traces and nothing more", () => {
    const [plain, traced] = [synthesize(), synthesize({ tracing: true })];
    for (const [id, { Properties }] of resourcesOf(traced, "AWS::Lambda::Function")) {
      const { Properties: before } = plain.toJSON().Resources[id];
      expect(Properties).toEqual({ ...before, TracingConfig: { Mode: "Active" } });
    }
    const policies = resourcesOf(traced, "AWS::IAM::Policy");
    expect(policies.length).toBeGreaterThan(1);
    for (const [id, { Properties }] of policies) {
      const before = plain.toJSON().Resources[id].Properties.PolicyDocument.Statement;
      const isXRay = ({ Action }: { Action: unknown }) => JSON.stringify(Action).includes("xray");
      const statements = Properties.PolicyDocument.Statement;
      expect(statements.filter(isXRay)).toEqual([X_RAY]);
      expect(statements.filter((statement: { Action: unknown }) => !isXRay(statement))).toEqual(before);
    }
  });
});
