import type { RemovalPolicy } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** What a {@link SessionSecret} needs to know. */
export interface SessionSecretProps {
  /** What becomes of the keys when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The secret keys of the sessions, generated at the first deployment: `{"SECRET_KEY": "..."}`, to which
 * `SECRET_KEY_FALLBACKS` may be added, so that a Flask application can load the same secret.
 *
 * CloudFormation makes a new key, which ends every session, whenever `generateSecretString` changes.
 */
export class SessionSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: SessionSecretProps) {
    super(scope, id);
    this.#secret = new Secret(this, "Keys", {
      description: "Secret keys of the session cookies",
      generateSecretString: {
        secretStringTemplate: "{}",
        generateStringKey: "SECRET_KEY",
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy,
    });
  }

  /** Lets a function read the keys, and tells it where they are: `SESSION_SECRET_ARN`. */
  grantRead(target: SessionFunction): Grant {
    target.handler.addEnvironment("SESSION_SECRET_ARN", this.#secret.secretArn);
    return Grant.addToPrincipal({
      grantee: target.handler,
      actions: ["secretsmanager:GetSecretValue"],
      resourceArns: [this.#secret.secretArn],
    });
  }
}
