import type { Call, Fault } from "./fault.ts";

/** Decides about a call. */
export type Steer = (call: Call) => Fault;

interface Injection {
  readonly operation: string;
  readonly fault: Fault;
  times: number;
}

/** What is to happen to which calls. */
export class FaultPlan {
  #injections: Injection[] = [];
  #steer: Steer = () => "pass";

  /** Does this to the next calls of an operation, after what was injected before. Infinity means all. */
  inject(operation: string, fault: Fault, times = 1): void {
    this.#injections.push({ operation, fault, times });
  }

  /** Asks about each call for which nothing is injected. */
  steer(steer: Steer): void {
    this.#steer = steer;
  }

  /** Lets everything pass from now on. */
  reset(): void {
    this.#injections = [];
    this.#steer = () => "pass";
  }

  /** What happens to this call. */
  take(call: Call): Fault {
    const injection = this.#injections.find(
      ({ operation, times }) => operation === call.operation && times > 0,
    );
    if (injection === undefined) return this.#steer(call);
    injection.times -= 1;
    return injection.fault;
  }
}
