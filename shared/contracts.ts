/** Suites of vitest tests that every session store and every session interface must pass. */
export type {
  ContractOptions,
  MakeInterface,
} from "./testing/contracts/session-interface/interface-contract.ts";
export { describeSessionInterface } from "./testing/contracts/session-interface.ts";
export type { MakeStore } from "./testing/contracts/session-store/store-contract.ts";
export { describeSessionStore } from "./testing/contracts/session-store.ts";
