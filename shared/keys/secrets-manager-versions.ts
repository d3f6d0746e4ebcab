import {
  callSecretsManager,
  type Environment,
  RetryableError,
  type SecretsManagerResponse,
  toError,
} from "./secrets-manager.ts";

/**
 * Reads and changes the versions of one secret in Secrets Manager for a rotation.
 *
 * Every method throws RetryableError if Secrets Manager cannot be reached, throttles or fails, and Error if
 * it refuses the request.
 */
export class SecretsManagerVersions {
  readonly #secretId: string;
  readonly #environment: Environment;

  /** @param secretId ARN or name of the secret */
  constructor(secretId: string, environment: Environment) {
    this.#secretId = secretId;
    this.#environment = environment;
  }

  /** Returns the labels of every version that has one, by the version's id. */
  async stages(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { VersionIdsToStages } = expectSuccess(await this.#call("DescribeSecret"));
    return new Map(Object.entries(Object(VersionIdsToStages)));
  }

  /** Returns the string of a version, or `undefined` if it has none, as at the beginning of a rotation. */
  async text(versionId: string): Promise<string | undefined> {
    const response = await this.#call("GetSecretValue", { VersionId: versionId });
    if (isFailure(response, "ResourceNotFoundException")) return undefined;
    const { SecretString } = expectSuccess(response);
    return typeof SecretString === "string" ? SecretString : undefined;
  }

  /** Writes the string of the pending version. If it already has one, nothing changes. */
  async put(versionId: string, text: string): Promise<void> {
    const response = await this.#call("PutSecretValue", {
      ClientRequestToken: versionId,
      SecretString: text,
      VersionStages: ["AWSPENDING"],
    });
    if (!isFailure(response, "ResourceExistsException")) expectSuccess(response);
  }

  /**
   * Moves AWSCURRENT from one version to another.
   *
   * @throws RetryableError if the first version does not have the label
   */
  async makeCurrent(from: string, to: string): Promise<void> {
    const versions = { RemoveFromVersionId: from, MoveToVersionId: to };
    const response = await this.#call("UpdateSecretVersionStage", {
      VersionStage: "AWSCURRENT",
      ...versions,
    });
    if (isLabelElsewhere(response))
      throw new RetryableError("AWSCURRENT was moved by another call; try again", {
        cause: toError(response),
      });
    expectSuccess(response);
  }

  /** Removes AWSPENDING from a version. If the version does not have the label, nothing changes. */
  async release(versionId: string): Promise<void> {
    const label = { VersionStage: "AWSPENDING", RemoveFromVersionId: versionId };
    const response = await this.#call("UpdateSecretVersionStage", label);
    if (!isLabelElsewhere(response)) expectSuccess(response);
  }

  #call(action: string, parameters: object = {}): Promise<SecretsManagerResponse> {
    return callSecretsManager(action, { SecretId: this.#secretId, ...parameters }, this.#environment);
  }
}

function expectSuccess(response: SecretsManagerResponse): SecretsManagerResponse["body"] {
  if (response.status !== 200) throw toError(response);
  return response.body;
}

function isFailure({ status, body }: SecretsManagerResponse, type: string): boolean {
  return status !== 200 && `${body.__type}`.split("#").at(-1) === type;
}

/** Returns whether a label was not moved because the version does not have it. */
function isLabelElsewhere(response: SecretsManagerResponse): boolean {
  return isFailure(response, "InvalidParameterException") || isFailure(response, "InvalidRequestException");
}
