import { Markup } from "./markup.ts";

/** Returns HTML in which every value is escaped, except Markup and arrays of it. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Markup {
  const parts = values.map((value) => [value].flat().map(Markup.escape).join(""));
  return new Markup(String.raw({ raw: strings }, ...parts));
}
