import type { SessionStackProps } from "../../infra/session-stack.ts";

const OIDC = {
  signIn: "oidc",
  oidcIssuer: "https://accounts.example.com",
  oidcClientId: "client-1",
} satisfies SessionStackProps;

/**
 * Settings of stacks with different resources, permissions or protection, by the name of the stack. Add a
 * line for a setting that adds a resource or a permission, so that it is checked like the others.
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
  Cors: { trustedOrigins: ["https://app.example.com"] },
  Domain: {
    domainName: "app.example.com",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
  },
  Oidc: { ...OIDC },
  OidcRevocation: { ...OIDC, storage: "revocable-cookie" },
  OidcDynamoDB: { ...OIDC, storage: "dynamodb", keepTokens: true, oidcResponseMode: "form_post" },
  Cognito: { signIn: "oidc", cognito: true, storage: "dynamodb" },
  Prod: { stage: "prod" },
  ProdOidc: { ...OIDC, stage: "prod", storage: "dynamodb" },
  ProdCognito: { signIn: "oidc", cognito: true, stage: "prod" },
  ProdDynamoDB: { stage: "prod", storage: "dynamodb" },
  ProdLetGo: { stage: "prod", storage: "dynamodb", retainOnDelete: false },
};
