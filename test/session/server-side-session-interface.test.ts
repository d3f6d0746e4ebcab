import { ServerSideSessionInterface } from "../../shared/session/server-side-session-interface.ts";
import { MemoryStore } from "../../shared/session/stores/memory.ts";
import { KEY } from "./secure-cookie-fixture.ts";
import { describeSessionInterface } from "./session-interface-contract.ts";

describeSessionInterface(
  "ServerSideSessionInterface on memory",
  (options) => new ServerSideSessionInterface({ ...options, keys: [KEY], store: new MemoryStore() }),
);
