import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, type Call, deliver, type Fault, failure, readPartly, receive } from "./fault.ts";
import { FaultPlan, type Steer } from "./fault-plan.ts";

/** Function that handles a call and returns its response. Without a response the connection is reset. */
type Treatment = (call: Call) => Promise<Answer | undefined>;

/**
 * HTTP proxy in front of a DynamoDB endpoint that loses, delays, repeats and rejects calls as a test demands.
 *
 * ```ts
 * proxy.inject("UpdateItem", "lose answer");
 * proxy.inject("GetItem", { error: "ThrottlingException" }, 2);
 * ```
 */
export class FaultProxy {
  /** Calls of clients, including the SDK's retries. */
  readonly calls: Call[] = [];
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  readonly #plan = new FaultPlan();
  readonly #delivered: string[] = [];
  readonly #held: (() => Promise<Answer>)[] = [];
  readonly #kept: Call[] = [];
  #waiting: { readonly isMeant: (call: Call) => boolean; readonly resolve: () => void }[] = [];

  /** @param endpoint URL of the DynamoDB behind the proxy */
  constructor(endpoint: string) {
    this.#target = new URL(endpoint);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => request.socket.destroy());
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** Stops the proxy. Held calls are never delivered. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#agent.destroy();
  }

  /** URL for clients. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds a fault for the next calls of an operation, after earlier ones. Infinity means all calls. */
  inject(operation: string, fault: Fault, times = 1): void {
    this.#plan.inject(operation, fault, times);
  }

  /** Sets a function that decides about each call without an injected fault. */
  steer(steer: Steer): void {
    this.#plan.steer(steer);
  }

  /** Removes all faults, and clears the recorded calls and deliveries. Held and kept calls remain. */
  reset(): void {
    this.#plan.reset();
    this.calls.length = 0;
    this.#delivered.length = 0;
  }

  /** Returns the number of calls that clients sent, of one operation or of all. */
  count(operation?: string): number {
    return this.calls.filter((call) => operation === undefined || call.operation === operation).length;
  }

  /** Returns the number of calls of an operation that DynamoDB has answered, with any response. */
  delivered(operation: string): number {
    return this.#delivered.filter((name) => name === operation).length;
  }

  /** Number of held calls and responses. */
  get held(): number {
    return this.#held.length;
  }

  /** Waits until the proxy holds another call or response. By default any call is meant. */
  whenHeld(isMeant: (call: Call) => boolean = () => true): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push({ isMeant, resolve }));
  }

  /** Delivers everything that is held, and returns the responses. */
  async release(): Promise<readonly Answer[]> {
    return Promise.all(this.#held.splice(0).map((goOn) => goOn()));
  }

  /** Delivers the kept calls again, one after the other, and returns the responses. */
  async replay(): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const call of this.#kept.splice(0)) answers.push(await this.#deliver(call));
    return answers;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await receive(request);
    this.calls.push(call);
    const answer = await this.#treat(call, this.#plan.take(call));
    if (answer === undefined) request.socket.resetAndDestroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #treat(call: Call, fault: Fault): Promise<Answer | undefined> {
    if (typeof fault === "string") return this.#treatments[fault](call);
    if ("unprocessed" in fault) return readPartly(call, fault.unprocessed, this.#deliver);
    if (fault.delivered) await this.#deliver(call);
    return failure(fault);
  }

  readonly #deliver = async (call: Call): Promise<Answer> => {
    const answer = await deliver(this.#target, this.#agent, call);
    this.#delivered.push(call.operation);
    return answer;
  };

  readonly #treatments: Readonly<Record<Extract<Fault, string>, Treatment>> = {
    pass: this.#deliver,
    reset: async () => undefined,
    "lose answer": (call) => this.#deliver(call).then(() => undefined),
    hold: (call) => this.#hold(call, () => this.#deliver(call)),
    "hold answer": async (call) => {
      const answer = await this.#deliver(call);
      return this.#hold(call, async () => answer);
    },
    twice: async (call) => pickWorse(await this.#deliver(call), await this.#deliver(call)),
    "twice at once": async (call) =>
      pickWorse(...(await Promise.all([this.#deliver(call), this.#deliver(call)]))),
    keep: (call) => {
      this.#kept.push(call);
      return this.#deliver(call);
    },
  };

  #hold(call: Call, goOn: () => Promise<Answer>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#held.push(() => {
      const answer = goOn();
      answer.then(resolve, reject);
      return answer;
    });
    const { yes = [], no = [] } = Object.groupBy(this.#waiting, ({ isMeant }) =>
      isMeant(call) ? "yes" : "no",
    );
    this.#waiting = no;
    for (const waiting of yes) waiting.resolve();
    return promise;
  }
}

/** Returns the worse of two responses to the same call. */
function pickWorse(first: Answer, second: Answer): Answer {
  return first.status > second.status ? first : second;
}
