import { type RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Grant, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnRotationSchedule, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** What a {@link SessionSecret} needs to know. */
export interface SessionSecretProps {
  /** What becomes of the keys when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** What the rotation function calls. */
const ROTATION_ACTIONS = [
  "secretsmanager:DescribeSecret",
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutSecretValue",
  "secretsmanager:UpdateSecretVersionStage",
];

/**
 * The secret keys of the sessions, generated at the first deployment: `{"SECRET_KEY": "..."}`, to which
 * rotations add `SECRET_KEY_FALLBACKS` and `SECRET_KEY_HISTORY`. A Flask application can load the same secret.
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

  /**
   * Has a function rotate the keys every so many days, and also when it is deployed first or the days change: the first
   * rotation only publishes the next key, and so does one that comes too early. CDK's own `addRotationSchedule` would
   * let the function make passwords, which it does not.
   */
  rotateBy(target: SessionFunction, days: number): void {
    const { secretArn } = this.#secret;
    Grant.addToPrincipal({
      grantee: target.handler,
      actions: ROTATION_ACTIONS,
      resourceArns: [secretArn],
    });
    target.handler.addPermission("Rotation", {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      sourceAccount: Stack.of(this).account,
    });
    const schedule = new CfnRotationSchedule(this, "Rotation", {
      secretId: secretArn,
      rotationLambdaArn: target.handler.functionArn,
      rotationRules: { automaticallyAfterDays: days },
    });
    schedule.node.addDependency(target);
  }

  /** Leaves the keys as they are, until somebody rotates them by hand. */
  leaveUnrotated(): void {
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "With keyRotationDays=0 somebody chose to rotate the keys by hand.",
    });
  }
}
