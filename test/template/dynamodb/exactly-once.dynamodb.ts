import { describeExactlyOnce } from "../../shared/server-side/exactly-once-suite.ts";
import { createTable, ENDPOINT, ENGINE, makeClient } from "./engine.ts";

// These engines return the item when a condition fails; with the embedded one the store has to read it.
describeExactlyOnce(ENGINE, { endpoint: ENDPOINT, client: makeClient, createTable, close: async () => {} });
