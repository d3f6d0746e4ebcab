import { describe, expect, test } from "vitest";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const X_RAY = {
  Effect: "Allow",
  Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  // These actions cannot be limited to resources.
  Resource: "*",
};

describe("tracing", () => {
  test("tracing is off by default, and no role may write to X-Ray", () => {
    const text = JSON.stringify(synthesize({ stage: "prod", storage: "dynamodb" }).toJSON());
    expect(text).not.toMatch(/TracingConfig|xray/i);
  });

  test("tracing=true turns on Lambda's tracing for every function, with the permission to write traces only", () => {
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
