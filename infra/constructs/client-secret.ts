import { type RemovalPolicy, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** Properties of a {@link ClientSecret}. */
export interface ClientSecretProps {
  /** Fate of the client secret when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Client secret of the application at its identity provider. The deployment creates it empty, and
 * `npm run client-secret` fills it, so the secret is in no template, no setting and no log of CloudFormation.
 */
export class ClientSecret extends Construct {
  readonly #secret: CfnSecret;

  constructor(scope: Construct, id: string, { removalPolicy }: ClientSecretProps) {
    super(scope, id);
    this.#secret = new CfnSecret(this, "Value", {
      description: "Client secret of the application at its identity provider",
    });
    this.#secret.applyRemovalPolicy(removalPolicy);
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Only the identity provider can issue another client secret.",
    });
  }

  /** Allows a function to read the client secret, and sets its variable `OIDC_CLIENT_SECRET_ARN`. */
  grantRead(target: SessionFunction): Grant {
    target.handler.addEnvironment("OIDC_CLIENT_SECRET_ARN", this.#secret.ref);
    return Grant.addToPrincipal({
      grantee: target.handler,
      actions: ["secretsmanager:GetSecretValue"],
      resourceArns: [this.#secret.ref],
    });
  }
}
