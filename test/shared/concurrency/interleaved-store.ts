import type { SessionStore } from "../../../shared/stores/session-store.ts";

/**
 * A store whose calls arrive late, and whose answers do too.
 *
 * @param turn waits for as long as it likes
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
