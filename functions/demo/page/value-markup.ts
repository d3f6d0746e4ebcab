import { html, type Markup, TaggedJSON } from "lambda-sessions";
import { formatUtc } from "./moment.ts";

/** Maximum number of characters shown of a string, and of items shown of an array. */
const [LONGEST, MOST_ITEMS] = [200, 20];

const json = new TaggedJSON();

/** Returns the name that the page shows for a value's type. */
export function toTypeName(value: unknown): string {
  if (value === null) return "nothing";
  if (value instanceof Date) return "date";
  if (Array.isArray(value)) return "list";
  return TYPES[typeof value] ?? "dictionary";
}

const TYPES: Partial<Record<string, string>> = {
  string: "text",
  number: "number",
  bigint: "number",
  boolean: "yes or no",
};

/** Renders a value for reading. Types that the page's form does not create are shown as they are stored. */
export function renderValue(value: unknown): Markup {
  if (value instanceof Date) return html`${formatUtc(value)}`;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return renderList(value);
  if (typeof value === "string") return html`${shorten(value)}`;
  return html`<code>${shorten(json.dumps(value))}</code>`;
}

function renderList(items: readonly string[]): Markup {
  const more = items.length - MOST_ITEMS;
  const shown = items.slice(0, MOST_ITEMS).map((item) => html`<li>${shorten(item)}</li>`);
  return html`<ul>${shown}${more > 0 ? html`<li><em>and ${more} more</em></li>` : ""}</ul>`;
}

function shorten(text: string): string {
  const characters = [...text.slice(0, LONGEST * 2)];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
}

/** Returns the size of an entry as JSON in bytes: its name, a colon and its value. */
export function measureEntry(name: string, value: unknown): number {
  return Buffer.byteLength(`${json.dumps(name)}:${json.dumps(value)}`);
}
