import { resourcesOf, type Template } from "../stack/template.ts";

/** A DynamoDB table of the stack. */
export interface StackTable {
  /** Its name for the functions: its logical id. */
  readonly name: string;
  /** DynamoDB's own description of its key. */
  readonly keySchema: readonly { readonly AttributeName: string }[];
  /** Input of DynamoDB's CreateTable besides the name and the key. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** The attribute with the time of an item's expiry, in seconds since the epoch. */
  readonly timeToLive?: string | undefined;
}

/** The tables of a template. How they are paid, backed up and copied to other regions has no meaning here. */
export function readTables(template: Template): StackTable[] {
  const types = ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"];
  const tables = types.flatMap((type) => resourcesOf(template, type));
  return tables.map(([name, { Properties = {} }]) => readTable(name, Properties));
}

/** Properties of both types of tables, as far as they are read. */
interface TableProperties {
  readonly KeySchema?: StackTable["keySchema"];
  readonly AttributeDefinitions?: unknown;
  readonly LocalSecondaryIndexes?: readonly Index[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled?: boolean };
}

interface Index {
  readonly IndexName: unknown;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
}

function readTable(name: string, properties: TableProperties): StackTable {
  const { KeySchema = [], AttributeDefinitions, TimeToLiveSpecification } = properties;
  const { LocalSecondaryIndexes, GlobalSecondaryIndexes } = properties;
  return {
    name,
    keySchema: KeySchema,
    definition: {
      AttributeDefinitions,
      BillingMode: "PAY_PER_REQUEST",
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(withoutCapacity) }),
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(withoutCapacity) }),
    },
    timeToLive: TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined,
  };
}

function withoutCapacity({ IndexName, KeySchema, Projection }: Index): Index {
  return { IndexName, KeySchema, Projection };
}
