import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { runsOf } from "../../support/proofs.ts";
import { describeConcurrency } from "./describe-concurrency.ts";

describeConcurrency("memory", {
  makeStore: () => new MemoryStore(),
  loads: runsOf({ all: 150, sampled: 25 }),
  isRepeatable: true,
  leastOperations: 10_000,
  mustHappen: [
    ...["saved", "ended", "renewed", "limited", "failed"],
    ...["session_destroyed", "session_revoked", "session_evicted", "session_gone"],
    ...["destroyed", "revoked", "evicted", "expired"],
    ...["sign in", "sign out", "clear", "renew", "end one", "end others", "end all", "end all of"],
  ],
});
