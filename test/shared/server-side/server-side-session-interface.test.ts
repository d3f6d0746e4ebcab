import { describeSessionInterface } from "../../../shared/contracts.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { KEY } from "../cookie/secure-cookie-fixture.ts";

describeSessionInterface(
  "ServerSideSessionInterface on memory",
  (options) => new ServerSideSessionInterface({ ...options, keys: [KEY], store: new MemoryStore() }),
);
