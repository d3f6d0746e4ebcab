import { describe, expect, test } from "vitest";
import type { Part } from "../../../infra/adopt/parts.ts";
import { resolveBlocks } from "../../../infra/adopt/references/marked-blocks.ts";

function resolve(text: string, ...removed: readonly Part[]): string {
  return resolveBlocks("page.md", text, new Set<Part>(removed));
}

const PAGE =
  "Start.\n\n<!-- demo -->\nThe demo.\n\n<!-- /demo -->\nEnd<!-- demo -->, see demo<!-- /demo -->.\n";

describe("marked blocks", () => {
  test("marked blocks are removed with their part, on lines of their own and within a sentence", () => {
    expect(resolve(PAGE, "workshop", "demo")).toBe("Start.\n\nEnd.\n");
  });

  test("marked blocks lose their comments when the part stays and the workshop is removed", () => {
    expect(resolve(PAGE, "workshop")).toBe("Start.\n\nThe demo.\n\nEnd, see demo.\n");
  });

  test("marked blocks keep their comments while the workshop stays", () => {
    expect(resolve(PAGE, "adoption")).toBe(PAGE);
  });

  test("blocks can be marked in YAML, shell scripts and TypeScript, and can contain each other", () => {
    const text = "a\n  # workshop\n  b\n  # demo\n  c\n  # /demo\n  # /workshop\n// demo\nd\n// /demo\ne\n";
    expect(resolve(text, "workshop")).toBe("a\nd\ne\n");
    expect(resolve("a\n  # demo\n  b\n  # /demo\nc\n", "workshop")).toBe("a\n  b\nc\n");
  });

  test("a marked block without one of its ends is rejected", () => {
    const missing = () => resolve("a\n<!-- demo -->\nb\n", "workshop", "demo");
    expect(missing).toThrow("page.md has <!-- demo --> without its other end. Add it.");
  });
});
