import { describe, expect, test } from "vitest";
import { Markup } from "../../../../shared/values/types/markup.ts";

describe("Markup", () => {
  test("is its HTML as text and as JSON", () => {
    const markup = new Markup("<em>hi</em>");
    expect(`${markup}`).toBe("<em>hi</em>");
    expect(JSON.stringify([markup])).toBe('["<em>hi</em>"]');
  });

  test("cannot be changed", () => {
    expect(() => Object.assign(new Markup("<em>"), { html: "<script>" })).toThrow(TypeError);
  });
});

describe("Markup.escape", () => {
  const reference: Record<string, string> = {
    "&#38;": "&",
    "&#60;": "<",
    "&#62;": ">",
    "&#34;": '"',
    "&#39;": "'",
  };

  test("leaves no character that means something in content or in a quoted attribute", () => {
    const { html } = Markup.escape(`<a href="x" title='y'>&amp;</a>`);
    expect(html).not.toMatch(/[<>"']/);
    expect(html.replace(/&#\d+;/g, (entity) => reference[entity] ?? "?")).toBe(
      `<a href="x" title='y'>&amp;</a>`,
    );
  });

  test("leaves other text as it is", () => {
    expect(Markup.escape("Zoë 日本語 😀 / = `").html).toBe("Zoë 日本語 😀 / = `");
  });

  test("leaves Markup as it is", () => {
    const markup = new Markup("<em>hi</em> & more");
    expect(Markup.escape(markup)).toBe(markup);
  });

  test.each<[unknown, string]>([
    [5, "5"],
    [null, "null"],
    [["<"], "&#60;"],
  ])("takes anything for its text: %j", (value, html) => {
    expect(Markup.escape(value).html).toBe(html);
  });
});
