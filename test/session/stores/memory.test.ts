import { MemoryStore } from "../../../shared/session/stores/memory.ts";
import { describeSessionStore } from "./session-store-contract.ts";

describeSessionStore("MemoryStore", () => new MemoryStore());
