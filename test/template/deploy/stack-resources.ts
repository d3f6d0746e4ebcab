import {
  CloudFormation,
  paginateListStackResources,
  type StackResource,
} from "@aws-sdk/client-cloudformation";
import { Lambda } from "@aws-sdk/client-lambda";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { DeployedStack } from "./deployment.ts";

/** The resources of a deployed stack, as AWS lists them. */
export class StackResources {
  readonly #resources: readonly StackResource[];

  private constructor(resources: readonly StackResource[]) {
    this.#resources = resources;
  }

  static async of({ name }: DeployedStack): Promise<StackResources> {
    const pages = await Array.fromAsync(
      paginateListStackResources({ client: new CloudFormation() }, { StackName: name }),
    );
    return new StackResources(pages.flatMap(({ StackResourceSummaries = [] }) => StackResourceSummaries));
  }

  /** Returns the physical ids of a type whose logical ids contain `part`. */
  ids(type: string, part = ""): string[] {
    return this.#resources
      .filter((one) => one.ResourceType === type && one.LogicalResourceId.includes(part))
      .map((one) => one.PhysicalResourceId);
  }

  /**
   * Returns the name of a function by the name of its construct, such as `SignIn` for `functions/sign-in.ts`.
   */
  functionName(construct: string): string {
    const [name] = this.ids("AWS::Lambda::Function", `${construct}Handler`);
    if (name === undefined)
      throw new Error(`the stack has no function whose logical id contains ${construct}Handler`);
    return name;
  }

  /** Returns the ARN of the secret with the keys. */
  async secretArn(): Promise<string> {
    const [id = ""] = this.ids("AWS::SecretsManager::Secret", "SecretKeys");
    return (await new SecretsManager().describeSecret({ SecretId: id })).ARN ?? "";
  }

  /** Returns the content of the secret. Never print it. */
  async secret(): Promise<Readonly<Record<string, unknown>>> {
    const { SecretString = "" } = await new SecretsManager().getSecretValue({
      SecretId: await this.secretArn(),
    });
    return JSON.parse(SecretString);
  }

  /** Returns the names of the log groups of all functions. */
  async logGroups(): Promise<string[]> {
    const functions = this.ids("AWS::Lambda::Function");
    const lambda = new Lambda();
    const groups = await Promise.all(
      functions.map((name) => lambda.getFunctionConfiguration({ FunctionName: name })),
    );
    return groups.map(({ LoggingConfig }) => LoggingConfig?.LogGroup ?? "");
  }
}
