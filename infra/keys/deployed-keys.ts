import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { callAws } from "./aws-cli.ts";
import { KeyCommandError } from "./key-command-error.ts";

/** A label for a version that is not yet current. */
const UNDER_WAY = "KEYS_UNDER_WAY";

/** A version of the secret. */
export interface KeysVersion {
  readonly id: string;
  readonly text: string;
}

/** The secret with the keys of a deployed stack, and the functions that use them. */
export class DeployedKeys {
  readonly #secretId: string;
  readonly #functions: readonly string[];

  private constructor(secretId: string, functions: readonly string[]) {
    this.#secretId = secretId;
    this.#functions = functions;
  }

  /** Finds them by the stack's name. @throws KeyCommandError */
  static async find(stackName: string): Promise<DeployedKeys> {
    const answer = await callAws("cloudformation", "list-stack-resources", "--stack-name", stackName);
    const resources = answer.StackResourceSummaries as readonly Record<string, string>[];
    const idsOf = (type: string, prefix = "") =>
      resources
        .filter(
          ({ ResourceType, LogicalResourceId = "" }) =>
            ResourceType === type && LogicalResourceId.startsWith(prefix),
        )
        .map(({ PhysicalResourceId = "" }) => PhysicalResourceId);
    const [secretId] = idsOf("AWS::SecretsManager::Secret", "SecretKeys");
    if (!secretId) throw new KeyCommandError(`The stack ${stackName} has no secret with session keys.`);
    return new DeployedKeys(secretId, idsOf("AWS::Lambda::Function"));
  }

  /** The version that is current. @throws KeyCommandError */
  async read(): Promise<KeysVersion> {
    const get = ["get-secret-value", "--secret-id", this.#secretId, "--version-stage", "AWSCURRENT"];
    const answer = await callAws("secretsmanager", ...get);
    const { VersionId, SecretString } = answer;
    if (typeof SecretString !== "string") throw new KeyCommandError("The secret holds no text.");
    return { id: String(VersionId), text: SecretString };
  }

  /** Whether Secrets Manager rotates the keys. @throws KeyCommandError */
  async isRotated(): Promise<boolean> {
    const answer = await callAws("secretsmanager", "describe-secret", "--secret-id", this.#secretId);
    return answer.RotationEnabled === true;
  }

  /** Has Secrets Manager begin a rotation, which takes a few seconds. @throws KeyCommandError */
  async rotate(): Promise<void> {
    await callAws("secretsmanager", "rotate-secret", "--secret-id", this.#secretId);
  }

  /**
   * Makes a text current, unless somebody else changed the keys since a version was read.
   *
   * @throws KeyCommandError
   */
  async replace(version: KeysVersion, text: string): Promise<void> {
    const id = await this.#put(text);
    try {
      await this.#move("AWSCURRENT", "--move-to-version-id", id, "--remove-from-version-id", version.id);
    } catch (error) {
      if (!/InvalidParameterException/.test((error as Error).message)) throw error;
      throw new KeyCommandError(
        "Somebody else changed the keys at the same time. Nothing was changed; try again.",
      );
    } finally {
      // A label that stays does no harm.
      await this.#move(UNDER_WAY, "--remove-from-version-id", id).catch(() => {});
    }
  }

  /**
   * Has every function begin anew, with the current keys: Lambda does so when anything of its configuration changes. One
   * that cannot does not keep the others from it.
   *
   * @throws KeyCommandError that names the functions that did not
   */
  async restartFunctions(now: Date): Promise<void> {
    const description = `Began anew with other keys: ${now.toISOString()}`;
    const problems: string[] = [];
    for (const name of this.#functions) {
      const update = ["update-function-configuration", "--function-name", name, "--description", description];
      await callAws("lambda", ...update).catch(({ message }) => problems.push(`${name}: ${message}`));
    }
    if (problems.length > 0)
      throw new KeyCommandError(
        `These functions did not begin anew; run the same command once more:\n${problems.join("\n")}`,
      );
  }

  /** The text goes over in a file for its owner only, since others see the arguments of a command. */
  async #put(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "keys-"));
    try {
      const file = join(folder, "secret.json");
      await writeFile(file, text, { mode: 0o600 });
      const [id, value] = [this.#secretId, pathToFileURL(file).href];
      const stages = ["--version-stages", UNDER_WAY];
      const put = ["put-secret-value", "--secret-id", id, "--secret-string", value, ...stages];
      return String((await callAws("secretsmanager", ...put)).VersionId);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async #move(stage: string, ...versions: string[]): Promise<void> {
    const move = ["update-secret-version-stage", "--secret-id", this.#secretId, "--version-stage", stage];
    await callAws("secretsmanager", ...move, ...versions);
  }
}
