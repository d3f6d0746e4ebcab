/** Suites of vitest tests that every session store, conditional store and session interface must pass. */
export type {
  ConditionalStoreOptions,
  MakeConditionalStore,
} from "./testing/contracts/conditional-store/conditional-contract.ts";
export { describeConditionalStore } from "./testing/contracts/conditional-store.ts";
export type {
  ContractOptions,
  MakeInterface,
} from "./testing/contracts/session-interface/interface-contract.ts";
export { describeSessionInterface } from "./testing/contracts/session-interface.ts";
export type { MakeStore } from "./testing/contracts/session-store/store-contract.ts";
export { describeSessionStore } from "./testing/contracts/session-store.ts";
