import { describeSessionStore } from "../../../shared/contracts.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";

describeSessionStore("MemoryStore", () => new MemoryStore());
