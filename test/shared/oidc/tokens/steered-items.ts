import type { ConditionalStore } from "../../../../shared/stores/conditional-store.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { Steered } from "../../../support/steered.ts";

/** Small values in memory, whose next calls a test replaces, delays or lets fail. */
export class SteeredItems extends Steered<ConditionalStore> {
  readonly inner: ConditionalStore;

  constructor(clock: () => number) {
    const inner = new MemoryConditionalStore({ clock });
    super(inner);
    this.inner = inner;
  }

  /** Returns the keys of the values that were written. */
  get keys(): ReadonlySet<string> {
    const writes = this.calls.filter(({ name }) => name === "write");
    return new Set(writes.map(({ arguments: [key] }) => `${key}`));
  }

  /** Leaves the next calls of this name as they are. */
  skip(name: keyof ConditionalStore, count = 1): void {
    for (let calls = 0; calls < count; calls++) this.around(name, (forward) => forward());
  }
}
