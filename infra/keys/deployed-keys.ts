import { callAws, findResources, KeyCommandError, putSecret } from "./aws-cli.ts";

/** Staging label of a version that is not current yet. */
const PENDING = "KEYS_UNDER_WAY";

/** A version of the secret, and the string in it. */
export interface KeysVersion {
  readonly id: string;
  readonly text: string;
}

/** The secret that contains the secret keys of a deployed stack, and the functions that use them. */
export class DeployedKeys {
  readonly #secretId: string;
  readonly #functions: readonly string[];

  private constructor(secretId: string, functions: readonly string[]) {
    this.#secretId = secretId;
    this.#functions = functions;
  }

  /** Finds both by the name of the stack. @throws KeyCommandError if the stack has no such secret */
  static async find(stackName: string): Promise<DeployedKeys> {
    const [secretId] = await findResources(stackName, "AWS::SecretsManager::Secret", "SecretKeys");
    if (!secretId)
      throw new KeyCommandError(
        `The stack ${stackName} has no secret with secret keys. Give the stack of the sessions with --stack NAME.`,
      );
    return new DeployedKeys(secretId, await findResources(stackName, "AWS::Lambda::Function"));
  }

  /** Reads the current version. @throws KeyCommandError */
  async read(): Promise<KeysVersion> {
    const get = ["get-secret-value", "--secret-id", this.#secretId, "--version-stage", "AWSCURRENT"];
    const answer = await callAws("secretsmanager", ...get);
    const { VersionId, SecretString } = answer;
    if (typeof SecretString !== "string")
      throw new KeyCommandError("The secret contains no string. Restore its value in Secrets Manager.");
    return { id: String(VersionId), text: SecretString };
  }

  /** Returns whether Secrets Manager rotates the keys. @throws KeyCommandError */
  async isRotated(): Promise<boolean> {
    const answer = await callAws("secretsmanager", "describe-secret", "--secret-id", this.#secretId);
    return answer.RotationEnabled === true;
  }

  /** Starts a rotation by Secrets Manager, which takes a few seconds. @throws KeyCommandError */
  async rotate(): Promise<void> {
    await callAws("secretsmanager", "rotate-secret", "--secret-id", this.#secretId);
  }

  /**
   * Writes a new version and makes it current.
   *
   * @throws KeyCommandError if the keys changed since `version` was read; they stay as they are
   */
  async replace(version: KeysVersion, text: string): Promise<void> {
    const id = await putSecret(this.#secretId, text, "--version-stages", PENDING);
    try {
      await this.#move("AWSCURRENT", "--move-to-version-id", id, "--remove-from-version-id", version.id);
    } catch (error) {
      if (!/InvalidParameterException/.test((error as Error).message)) throw error;
      throw new KeyCommandError(
        "The keys were changed by someone else at the same time, so nothing was changed here. Run the command again.",
      );
    } finally {
      // A label that is left behind has no effect.
      await this.#move(PENDING, "--remove-from-version-id", id).catch(() => {});
    }
  }

  /**
   * Restarts every function with the current keys: Lambda starts new environments when the configuration of a
   * function changes. A failure of one function does not prevent the others.
   *
   * @throws KeyCommandError that names the functions that were not restarted
   */
  async restartFunctions(now: Date): Promise<void> {
    const description = `Restarted with new keys: ${now.toISOString()}`;
    const problems: string[] = [];
    for (const name of this.#functions) {
      const update = ["update-function-configuration", "--function-name", name, "--description", description];
      await callAws("lambda", ...update).catch(({ message }) => problems.push(`${name}: ${message}`));
    }
    if (problems.length > 0)
      throw new KeyCommandError(
        `These functions were not restarted. Run the same command again:\n${problems.join("\n")}`,
      );
  }

  async #move(stage: string, ...versions: string[]): Promise<void> {
    const move = ["update-secret-version-stage", "--secret-id", this.#secretId, "--version-stage", stage];
    await callAws("secretsmanager", ...move, ...versions);
  }
}
