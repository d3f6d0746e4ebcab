import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeQueue,
  encodeQueue,
  type FlashQueue,
  mergeFlashes,
  newQueue,
} from "../../../shared/stores/flash-queue.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";

const json = new TaggedJSON();

/** What a request does with the messages: takes those that it finds, or not, and leaves others. */
interface Request {
  readonly takes: boolean;
  readonly adds: readonly string[];
}

/** What is stored after a request that found `before`, when `theirs` is stored by now. */
function saved(before: FlashQueue, theirs: FlashQueue, { takes: took, adds }: Request): FlashQueue {
  const mine = [...(took ? [] : before.waiting), ...adds];
  const queue = mergeFlashes({ before, mine, theirs, took });
  return queue.waiting.length > 0 ? queue : newQueue([]);
}

describe("the messages of parallel requests", () => {
  const requests = fc.array(
    fc.record({ takes: fc.boolean(), adds: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }) }),
    { maxLength: 6 },
  );

  test("are each shown by those who found them, and wait no longer once one of them has saved", () => {
    fc.assert(
      fc.property(requests, requests, (early, late) => {
        const start = newQueue(["a"]);
        const seen = early.reduce((queue, request) => saved(queue, queue, request), start);
        const now = late.reduce((queue, request) => saved(queue, queue, request), seen);
        const after = saved(seen, now, { takes: true, adds: ["mine"] });
        const addedSince = late.flatMap(({ takes, adds }) => (takes ? ["-", ...adds] : adds));
        const untaken = addedSince.slice(addedSince.lastIndexOf("-") + 1);
        expect(after.waiting).toEqual([...untaken, "mine"]);
      }),
    );
  });

  test("are all kept when nobody takes any", () => {
    fc.assert(
      fc.property(requests, (others) => {
        const before = newQueue(["a"]);
        const now = others.reduce((queue, { adds }) => saved(queue, queue, { takes: false, adds }), before);
        const after = saved(before, now, { takes: false, adds: ["mine"] });
        expect(after.waiting).toEqual(["a", ...others.flatMap(({ adds }) => adds), "mine"]);
      }),
    );
  });

  test("do not come back when only some of them were taken meanwhile", () => {
    const first = newQueue(["first"]);
    const both = saved(first, first, { takes: false, adds: ["second"] });
    const now = saved(first, both, { takes: true, adds: [] });
    expect(now.waiting).toEqual(["second"]);
    expect(saved(both, now, { takes: true, adds: [] }).waiting).toEqual([]);
  });

  test("are told apart though they say the same", () => {
    const before = newQueue(["Saved."]);
    const taken = saved(before, before, { takes: true, adds: [] });
    const again = saved(taken, taken, { takes: false, adds: ["Saved."] });
    expect(saved(before, again, { takes: true, adds: [] }).waiting).toEqual(["Saved."]);
  });
});

describe("a queue in a store", () => {
  test("comes back as it was", () => {
    const waiting = [
      Tuple.of<unknown>("message", "Saved."),
      Tuple.of<unknown>("error", new Markup("<b>No</b>")),
    ];
    const queue = { ...newQueue(waiting), taken: 3 };
    expect(decodeQueue(encodeQueue(queue, json, "_flashes"), json)).toEqual(queue);
  });

  test.each([undefined, 1, "", "{", "null", "[]", "[1,2,3]", '["id",0.5,[]]', '["id",0,{}]', '{"0":"id"}'])(
    "is a new one where %j is stored",
    (stored) => {
      const { taken, waiting } = decodeQueue(stored, json);
      expect({ taken, waiting }).toEqual({ taken: 0, waiting: [] });
    },
  );
});
