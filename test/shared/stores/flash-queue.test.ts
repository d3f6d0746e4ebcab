import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createQueue,
  decodeQueue,
  encodeQueue,
  type FlashQueue,
  mergeFlashes,
} from "../../../shared/stores/flash-queue.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";

const json = new TaggedJSON();

/** Use of messages by a request: it takes those that it finds or not, and adds others. */
interface Request {
  readonly takes: boolean;
  readonly adds: readonly string[];
}

/** Returns the stored queue after a request that read `before`, if `theirs` is stored by now. */
function saved(before: FlashQueue, theirs: FlashQueue, { takes: took, adds }: Request): FlashQueue {
  const mine = [...(took ? [] : before.waiting), ...adds];
  const queue = mergeFlashes({ before, mine, theirs, took });
  return queue.waiting.length > 0 ? queue : createQueue([]);
}

describe("the messages of parallel requests", () => {
  const requests = fc.array(
    fc.record({ takes: fc.boolean(), adds: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }) }),
    { maxLength: 6 },
  );

  test("flashes that a request has taken do not wait again after parallel requests have changed the queue", () => {
    fc.assert(
      fc.property(requests, requests, (early, late) => {
        const start = createQueue(["a"]);
        const seen = early.reduce((queue, request) => saved(queue, queue, request), start);
        const now = late.reduce((queue, request) => saved(queue, queue, request), seen);
        const after = saved(seen, now, { takes: true, adds: ["mine"] });
        const addedSince = late.flatMap(({ takes, adds }) => (takes ? ["-", ...adds] : adds));
        const untaken = addedSince.slice(addedSince.lastIndexOf("-") + 1);
        expect(after.waiting).toEqual([...untaken, "mine"]);
      }),
    );
  });

  test("all flashes of parallel requests are kept if no request takes any", () => {
    fc.assert(
      fc.property(requests, (others) => {
        const before = createQueue(["a"]);
        const now = others.reduce((queue, { adds }) => saved(queue, queue, { takes: false, adds }), before);
        const after = saved(before, now, { takes: false, adds: ["mine"] });
        expect(after.waiting).toEqual(["a", ...others.flatMap(({ adds }) => adds), "mine"]);
      }),
    );
  });

  test("a flash does not wait again if a parallel request has taken only some of the flashes", () => {
    const first = createQueue(["first"]);
    const both = saved(first, first, { takes: false, adds: ["second"] });
    const now = saved(first, both, { takes: true, adds: [] });
    expect(now.waiting).toEqual(["second"]);
    expect(saved(both, now, { takes: true, adds: [] }).waiting).toEqual([]);
  });

  test("a new flash with the text of a taken flash is kept", () => {
    const before = createQueue(["Saved."]);
    const taken = saved(before, before, { takes: true, adds: [] });
    const again = saved(taken, taken, { takes: false, adds: ["Saved."] });
    expect(saved(before, again, { takes: true, adds: [] }).waiting).toEqual(["Saved."]);
  });
});

describe("a queue in a store", () => {
  test("a queue of flashes is decoded as it was encoded", () => {
    const waiting = [
      Tuple.of<unknown>("message", "Saved."),
      Tuple.of<unknown>("error", new Markup("<b>No</b>")),
    ];
    const queue = { ...createQueue(waiting), taken: 3 };
    expect(decodeQueue(encodeQueue(queue, json, "_flashes"), json)).toEqual(queue);
  });

  test.each([undefined, 1, "", "{", "null", "[]", "[1,2,3]", '["id",0.5,[]]', '["id",0,{}]', '{"0":"id"}'])(
    "the stored value %j is decoded as an empty queue",
    (stored) => {
      const { taken, waiting } = decodeQueue(stored, json);
      expect({ taken, waiting }).toEqual({ taken: 0, waiting: [] });
    },
  );
});
