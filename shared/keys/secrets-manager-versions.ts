import {
  callSecretsManager,
  type Environment,
  failureOf,
  RetryableError,
  type SecretsManagerAnswer,
} from "./secrets-manager.ts";

/** A label that Secrets Manager itself gives to one version of a secret at most. */
export type Stage = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";

/**
 * The versions of one secret in Secrets Manager, as a rotation handles them.
 *
 * Every method throws RetryableError when Secrets Manager cannot be reached, throttles or is broken, and Error when it
 * says no.
 */
export class SecretsManagerVersions {
  readonly #secretId: string;
  readonly #environment: Environment;

  /** @param secretId the secret's ARN or name */
  constructor(secretId: string, environment: Environment) {
    this.#secretId = secretId;
    this.#environment = environment;
  }

  /** The labels of every version that has one, by the version's id. */
  async stages(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { VersionIdsToStages } = accepted(await this.#call("DescribeSecret"));
    return new Map(Object.entries(Object(VersionIdsToStages)));
  }

  /** The text of a version; `undefined` while it has none, as at the beginning of a rotation. */
  async text(versionId: string): Promise<string | undefined> {
    const answer = await this.#call("GetSecretValue", { VersionId: versionId });
    if (isFailure(answer, "ResourceNotFoundException")) return undefined;
    const { SecretString } = accepted(answer);
    return typeof SecretString === "string" ? SecretString : undefined;
  }

  /** Gives the pending version its text. One that has a text already keeps it. */
  async put(versionId: string, text: string): Promise<void> {
    const answer = await this.#call("PutSecretValue", {
      ClientRequestToken: versionId,
      SecretString: text,
      VersionStages: ["AWSPENDING"] satisfies Stage[],
    });
    if (!isFailure(answer, "ResourceExistsException")) accepted(answer);
  }

  /**
   * Takes a label from one version and gives it to another, or to none.
   *
   * @throws RetryableError when the label is not where it is to be taken from
   */
  async move(stage: Stage, from: string, to?: string): Promise<void> {
    const versions = { RemoveFromVersionId: from, ...(to !== undefined && { MoveToVersionId: to }) };
    const answer = await this.#call("UpdateSecretVersionStage", { VersionStage: stage, ...versions });
    if (isFailure(answer, "InvalidParameterException") || isFailure(answer, "InvalidRequestException"))
      throw new RetryableError(`${stage} was moved by somebody else`, { cause: failureOf(answer) });
    accepted(answer);
  }

  #call(action: string, parameters: object = {}): Promise<SecretsManagerAnswer> {
    return callSecretsManager(action, { SecretId: this.#secretId, ...parameters }, this.#environment);
  }
}

function accepted(answer: SecretsManagerAnswer): SecretsManagerAnswer["body"] {
  if (answer.status !== 200) throw failureOf(answer);
  return answer.body;
}

function isFailure({ status, body }: SecretsManagerAnswer, type: string): boolean {
  return status !== 200 && `${body.__type}`.split("#").at(-1) === type;
}
