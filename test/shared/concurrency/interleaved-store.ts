import type { SessionStore } from "../../../shared/stores/session-store.ts";

/**
 * Returns a store whose calls and responses are delayed.
 *
 * @param turn returns a promise that resolves when it is the caller's turn
 */
export function interleaved(store: SessionStore, turn: () => Promise<unknown>): SessionStore {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await turn();
        const result = await Reflect.apply(method, target, args);
        await turn();
        return result;
      };
    },
  });
}
