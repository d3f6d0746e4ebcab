import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeFlashes } from "../../shared/session/flash-merge.ts";
import { TaggedJSON } from "../../shared/session/tagged-json.ts";
import { Markup } from "../../shared/session/types/markup.ts";
import { Tuple } from "../../shared/session/types/tuple.ts";

const json = new TaggedJSON();

function merged(before: unknown[], mine: unknown[], theirs: unknown[], took = false): unknown[] {
  return mergeFlashes({ before, mine, theirs, took }, json);
}

const flash = (message: string | Markup) => Tuple.of<unknown>("message", message);

describe("flashes of parallel requests", () => {
  test.each<[string, before: string[], mine: string[], theirs: string[], result: string[], took?: boolean]>([
    ["alone: mine are added", ["a"], ["a", "b"], ["a"], ["a", "b"]],
    ["alone: mine are taken", ["a"], [], ["a"], [], true],
    ["alone: mine are taken and others left", ["a"], ["b"], ["a"], ["b"], true],
    ["both add", ["a"], ["a", "mine"], ["a", "theirs"], ["a", "theirs", "mine"]],
    ["both add the same", [], ["x"], ["x"], ["x", "x"]],
    ["I take, they add", ["a"], [], ["a", "theirs"], ["theirs"], true],
    ["they take, I add", ["a"], ["a", "mine"], [], ["mine"]],
    ["both take", ["a", "b"], [], [], [], true],
    ["they take and add, I add", ["a"], ["a", "mine"], ["theirs"], ["theirs", "mine"]],
    ["I take and add, they add", ["a"], ["mine"], ["a", "theirs"], ["theirs", "mine"], true],
    ["both take and add", ["a"], ["mine"], ["theirs"], ["theirs", "mine"], true],
    ["nothing was there, I add", [], ["mine"], ["theirs"], ["theirs", "mine"]],
    ["I take and leave the same again, they take", ["a"], ["a"], [], ["a"], true],
  ])("are merged: %s", (_what, before, mine, theirs, result, took) => {
    expect(merged(before, mine, theirs, took)).toEqual(result);
  });

  test("are compared by what they are, not by which object", () => {
    const before = [flash("a"), flash(new Markup("<b>"))];
    const mine = [flash("a"), flash(new Markup("<b>")), flash("mine")];
    const theirs = [flash("a"), flash(new Markup("<b>")), flash("theirs")];
    expect(merged(before, mine, theirs)).toEqual([...theirs, flash("mine")]);
    expect(merged(before, [flash("a"), flash("<b>")], [], true)).toEqual([flash("a"), flash("<b>")]);
  });

  test("are left as they are given", () => {
    const [before, mine, theirs] = [["a"], ["a", "b"], ["a", "c"]];
    merged(before, mine, theirs);
    expect([before, mine, theirs]).toEqual([["a"], ["a", "b"], ["a", "c"]]);
  });

  test("lose none that was added, and bring none back that was taken", () => {
    const messages = (name: string) => fc.nat({ max: 4 }).map((count) => names(name, count));
    fc.assert(
      fc.property(
        messages("before"),
        messages("mine"),
        messages("theirs"),
        fc.boolean(),
        fc.boolean(),
        (before, mine, theirs, iTake, theyTake) => {
          const kept = (taken: boolean) => (taken ? [] : before);
          const result = merged(before, [...kept(iTake), ...mine], [...kept(theyTake), ...theirs], iTake);
          expect(result).toEqual([...kept(iTake || theyTake), ...theirs, ...mine]);
        },
      ),
    );
  });
});

function names(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}
