import { type Markup, TaggedJSON } from "lambda-sessions";
import { html } from "../../runtime/html.ts";
import { utcText } from "./moment.ts";

/** The most characters of a text, and items of a list, that are shown. */
const [LONGEST, MOST_ITEMS] = [200, 20];

const json = new TaggedJSON();

/** What a value is called. */
export function typeName(value: unknown): string {
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

/** A value as people read it; what the page's form does not make is shown as it is stored. */
export function valueMarkup(value: unknown): Markup {
  if (value instanceof Date) return html`${utcText(value)}`;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return list(value);
  if (typeof value === "string") return html`${short(value)}`;
  return html`<code>${short(json.dumps(value))}</code>`;
}

function list(items: readonly string[]): Markup {
  const more = items.length - MOST_ITEMS;
  const shown = items.slice(0, MOST_ITEMS).map((item) => html`<li>${short(item)}</li>`);
  return html`<ul>${shown}${more > 0 ? html`<li><em>and ${more} more</em></li>` : ""}</ul>`;
}

function short(text: string): string {
  const characters = [...text.slice(0, LONGEST * 2)];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
}

/** Returns the bytes of an entry as JSON: its name, a colon and its value. */
export function sizeOf(name: string, value: unknown): number {
  return Buffer.byteLength(`${json.dumps(name)}:${json.dumps(value)}`);
}
