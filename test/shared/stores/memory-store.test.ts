import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { describeSessionStore } from "./session-store-contract.ts";

describeSessionStore("MemoryStore", () => new MemoryStore());
