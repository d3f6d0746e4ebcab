/** One table of the report. Ratios are relative to the first row. */
export interface Table {
  readonly title: string;
  /** Information that a reader needs to judge the numbers. */
  readonly note?: string;
  readonly columns: readonly string[];
  readonly unit: string;
  readonly rows: readonly TableRow[];
}

/** A row of values: `undefined` where a contestant has no such value, and strings without unit or ratio. */
export interface TableRow {
  readonly name: string;
  readonly values: readonly (number | string | undefined)[];
}

/** Returns the table as Markdown, with each number's unit and ratio to the first row. */
export function toMarkdown({ title, note, columns, unit, rows }: Table): string {
  const floor = rows[0]?.values ?? [];
  const lines = rows.map(({ name, values }) => {
    const cells = values.map((value, index) => cellOf(value, floor[index], unit));
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  const head = `| | ${columns.join(" | ")} |`;
  const rule = `|---|${"--:|".repeat(columns.length)}`;
  return [`### ${title}`, "", ...(note === undefined ? [] : [note, ""]), head, rule, ...lines, ""].join("\n");
}

function cellOf(value: TableRow["values"][number], floor: TableRow["values"][number], unit: string): string {
  if (typeof value !== "number") return value ?? "–";
  const text = `${rounded(value)} ${unit}`;
  return typeof floor !== "number" ? text : `${text}, **${rounded(value / floor)}×**`;
}

function rounded(value: number): string {
  if (value >= 999.5) return value.toLocaleString("en", { maximumFractionDigits: 0 });
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
