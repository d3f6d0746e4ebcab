import type { SessionStackProps } from "../../infra/session-stack.ts";

/**
 * Settings that give stacks of different resources, permissions or guards, each under the name of its stack. A setting
 * that adds a resource or a permission gets a line here, and is then checked like the others.
 */
export const STACK_VARIANTS: Readonly<Record<string, SessionStackProps>> = {
  Cookie: {},
  Encrypt: { encrypt: true },
  Flask: { flask: true },
  Revocation: { storage: "revocable-cookie" },
  RevocationEncrypt: { storage: "revocable-cookie", encrypt: true },
  DynamoDB: { storage: "dynamodb" },
  Unrotated: { keyRotationDays: 0 },
  Monitored: { monitoring: true, alarmEmail: "ops@example.com" },
  Traced: { tracing: true },
  Domain: {
    domainName: "app.example.com",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
  },
  Prod: { stage: "prod" },
  ProdDynamoDB: { stage: "prod", storage: "dynamodb" },
  ProdLetGo: { stage: "prod", storage: "dynamodb", retainOnDelete: false },
};
