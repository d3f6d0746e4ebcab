import { resourcesOf, type Template } from "../stack/template.ts";

/** DynamoDB table of the stack. */
export interface StackTable {
  /** Name that functions use: its logical id. */
  readonly name: string;
  /** DynamoDB's description of its key. */
  readonly keySchema: readonly { readonly AttributeName: string }[];
  /** Input of CreateTable besides the name and the key. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** Attribute with the expiry of an item, in seconds since the epoch. */
  readonly timeToLive?: string | undefined;
}

/** Returns the tables of a template. Ignores billing, backup and replication, which have no local meaning. */
export function readTables(template: Template): StackTable[] {
  const types = ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"];
  const tables = types.flatMap((type) => resourcesOf(template, type));
  return tables.map(([name, { Properties = {} }]) => readTable(name, Properties));
}

/** Properties of both types of tables that are read. */
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
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(omitCapacity) }),
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(omitCapacity) }),
    },
    timeToLive: TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined,
  };
}

function omitCapacity({ IndexName, KeySchema, Projection }: Index): Index {
  return { IndexName, KeySchema, Projection };
}
