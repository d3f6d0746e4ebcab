import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import type { SessionStore } from "../../../shared/stores/session-store.ts";
import { Steered } from "../../support/steered.ts";

/** The name of one of a store's calls. */
export type CallName = keyof SessionStore;

/** A memory store that records its calls, and lets a test run code before, after or instead of one. */
export class SteeredStore extends Steered<SessionStore> {
  constructor(inner: SessionStore = new MemoryStore()) {
    super(inner);
  }
}
