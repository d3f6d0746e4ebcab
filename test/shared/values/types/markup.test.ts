import { describe, expect, test } from "vitest";
import { Markup } from "../../../../shared/values/types/markup.ts";

describe("Markup", () => {
  test("Markup converted to a string or to JSON is its HTML", () => {
    const markup = new Markup("<em>hi</em>");
    expect(`${markup}`).toBe("<em>hi</em>");
    expect(JSON.stringify([markup])).toBe('["<em>hi</em>"]');
  });

  test("Markup cannot be changed", () => {
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

  test("Markup.escape replaces each character with a meaning in content or quoted attributes", () => {
    const { html } = Markup.escape(`<a href="x" title='y'>&amp;</a>`);
    expect(html).not.toMatch(/[<>"']/);
    expect(html.replace(/&#\d+;/g, (entity) => reference[entity] ?? "?")).toBe(
      `<a href="x" title='y'>&amp;</a>`,
    );
  });

  test("Markup.escape does not change other characters", () => {
    expect(Markup.escape("Zoë 日本語 😀 / = `").html).toBe("Zoë 日本語 😀 / = `");
  });

  test("Markup.escape returns Markup unchanged", () => {
    const markup = new Markup("<em>hi</em> & more");
    expect(Markup.escape(markup)).toBe(markup);
  });

  test.each<[unknown, string]>([
    [5, "5"],
    [null, "null"],
    [["<"], "&#60;"],
  ])("Markup.escape converts %j to a string and escapes it", (value, html) => {
    expect(Markup.escape(value).html).toBe(html);
  });
});
