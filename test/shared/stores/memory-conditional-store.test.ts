import { expect, test } from "vitest";
import { describeConditionalStore } from "../../../shared/contracts.ts";
import { MemoryConditionalStore } from "../../../shared/stores/memory-conditional-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";

describeConditionalStore("MemoryConditionalStore", (options) => new MemoryConditionalStore(options));

test("MemoryConditionalStore keeps the values that have not expired when it removes the others", async () => {
  const clock = new Clock();
  const store = new MemoryConditionalStore({ clock: clock.now });
  const lasting = { expected: undefined, expiresAt: clock.seconds + 60 };
  for (let count = 0; count < 600; count++) await store.write(`lasting${count}`, "a", lasting);
  const short = { expected: undefined, expiresAt: clock.seconds + 5 };
  for (let count = 0; count < 300; count++) await store.write(`short${count}`, "a", short);
  clock.advance(6);
  for (let count = 0; count < 300; count++) await store.write(`later${count}`, "a", lasting);
  const read = await Promise.all(
    ["lasting0", "lasting599", "short0", "later299"].map((key) => store.read(key)),
  );
  expect(read).toEqual(["a", "a", undefined, "a"]);
});
