import type { SessionStackProps } from "../../infra/session-stack.ts";

/**
 * Settings that give stacks of different resources, permissions or guards, each under the name of its stack. A setting
 * that adds a resource or a permission gets a line here, and is then checked like the others.
 */
export const STACK_VARIANTS: Readonly<Record<string, SessionStackProps>> = {
  Cookie: {},
  Encrypt: { encrypt: true },
  Flask: { flask: true },
  Revocation: { revocation: true },
  RevocationEncrypt: { revocation: true, encrypt: true },
  DynamoDB: { store: "dynamodb" },
  Unrotated: { keyRotationDays: 0 },
  Prod: { stage: "prod" },
  ProdDynamoDB: { stage: "prod", store: "dynamodb" },
  ProdLetGo: { stage: "prod", store: "dynamodb", retainOnDelete: false },
};
