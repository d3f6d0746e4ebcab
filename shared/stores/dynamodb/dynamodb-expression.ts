import type { Attribute, Item } from "./dynamodb-attribute.ts";

/** Expressions of a write, named as in DynamoDB's API. */
export interface ExpressionInput {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * Builds the expressions of one write. They contain names and values as placeholders only, so neither
 * reserved words nor hostile keys can change their meaning.
 */
export class WriteExpression {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, Attribute> = {};
  readonly #sets: string[] = [];
  readonly #removes: string[] = [];
  readonly #conditions: string[] = [];
  #valueCount = 0;

  /** Returns the path to an attribute, or to a key of a map in an attribute. */
  path(...names: readonly string[]): string {
    return names.map((name) => this.#placeholder(name)).join(".");
  }

  value(attribute: Attribute): string {
    const placeholder = `:v${this.#valueCount++}`;
    this.#values[placeholder] = attribute;
    return placeholder;
  }

  /** @param operand a path, a value, or a sum of these */
  set(path: string, operand: string): this {
    this.#sets.push(`${path}=${operand}`);
    return this;
  }

  remove(path: string): this {
    this.#removes.push(path);
    return this;
  }

  /** Adds a condition. All conditions must pass. */
  require(condition: string): this {
    this.#conditions.push(condition);
    return this;
  }

  build(): ExpressionInput {
    const update = [clause("SET", this.#sets), clause("REMOVE", this.#removes)].filter((part) => part !== "");
    return {
      ...(update.length > 0 && { UpdateExpression: update.join(" ") }),
      ...(this.#conditions.length > 0 && { ConditionExpression: this.#conditions.join(" AND ") }),
      ...(this.#names.size > 0 && { ExpressionAttributeNames: this.#nameMap() }),
      ...(this.#valueCount > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  #placeholder(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }

  #nameMap(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name]));
  }
}

function clause(word: string, parts: readonly string[]): string {
  return parts.length === 0 ? "" : `${word} ${parts.join(",")}`;
}
