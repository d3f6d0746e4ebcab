import { describeExactlyOnce } from "../../shared/server-side/exactly-once-suite.ts";
import { createTable, ENDPOINT, ENGINE, makeClient } from "./engine.ts";

// These engines give the item with a condition that failed; the embedded one makes the store read it.
describeExactlyOnce(ENGINE, { endpoint: ENDPOINT, client: makeClient, createTable, close: async () => {} });
