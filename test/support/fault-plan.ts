import type { Call, Fault } from "./fault.ts";

/** Function that decides the fault of a call. */
export type Steer = (call: Call) => Fault;

interface Injection {
  readonly operation: string;
  readonly fault: Fault;
  times: number;
}

/** Faults for the next calls. */
export class FaultPlan {
  #injections: Injection[] = [];
  #steer: Steer = () => "pass";

  /** Adds a fault for the next calls of an operation, after earlier ones. Infinity means all calls. */
  inject(operation: string, fault: Fault, times = 1): void {
    this.#injections.push({ operation, fault, times });
  }

  /** Sets a function that decides about each call without an injected fault. */
  steer(steer: Steer): void {
    this.#steer = steer;
  }

  /** Removes all faults. */
  reset(): void {
    this.#injections = [];
    this.#steer = () => "pass";
  }

  /** Returns the fault for a call and counts it. */
  take(call: Call): Fault {
    const injection = this.#injections.find(
      ({ operation, times }) => operation === call.operation && times > 0,
    );
    if (injection === undefined) return this.#steer(call);
    injection.times -= 1;
    return injection.fault;
  }
}
