import type { Clock } from "../../../shared/testing/clock.ts";
import { type Effect, FINAL_CLIENT, History, type RequestRecord } from "./history.ts";
import { LONGEST_WAY, type Load, type Step, type Visit } from "./load.ts";
import { LoadClient } from "./load-client.ts";
import type { BasicSession, SessionSystem } from "./session-system.ts";
import type { StepTable } from "./steps.ts";

/** Options of a run. */
export interface LoadRunOptions<S extends BasicSession> {
  readonly system: SessionSystem<S>;
  readonly steps: StepTable<S>;
  /** The steps of each client at the end, one client after the other. */
  readonly lastSteps?: readonly Step[];
  /** The clock of the system. */
  readonly clock: Clock;
  /** Waits for a turn; those who wait continue in any order. */
  readonly turn: () => Promise<unknown>;
}

/** One run of a load: many clients at the same time, then a request with every cookie that was issued. */
export class LoadRun<S extends BasicSession> {
  readonly history: History;
  readonly #load: Load;
  readonly #options: LoadRunOptions<S>;
  readonly #clients: readonly LoadClient[];
  readonly #cookies = new Map<string, string>();
  readonly #underWay = new Set<RequestRecord>();
  #pause: Promise<void> | undefined;
  #fresh = 0;

  constructor(load: Load, options: LoadRunOptions<S>) {
    const { clock, system } = options;
    this.#load = load;
    this.#options = options;
    this.#clients = load.clients.map((_visits, number) => new LoadClient(number, clock.now));
    this.history = new History({ ...load, storesAtOnce: system.storesAtOnce }, () => clock.seconds);
  }

  /** Runs the load, and returns its history. */
  async run(): Promise<History> {
    const visitors = this.#clients.map((client, index) =>
      this.#visitAll(client, this.#load.clients[index] ?? []),
    );
    await Promise.all([...visitors, this.#tick()]);
    await this.#visitFinally();
    return this.history;
  }

  async #visitAll(client: LoadClient, visits: readonly Visit[]): Promise<void> {
    for (const visit of visits) {
      await this.#options.turn();
      const isAlone = this.#isAlone(client, visit);
      if (isAlone) await Promise.all(client.underWay);
      while (client.underWay.size >= this.#load.mostUnderWay) await Promise.race(client.underWay);
      while (this.#pause !== undefined) await this.#pause;
      const done = this.#visit(client, visit).finally(() => client.underWay.delete(done));
      client.underWay.add(done);
      if (isAlone) await done;
    }
    await Promise.all(client.underWay);
  }

  /** Returns whether a visit runs alone: two parallel first requests would begin two sessions. */
  #isAlone(client: LoadClient, { isAlone }: Visit): boolean {
    return isAlone || (this.#load.isOrderly && client.cookie === undefined);
  }

  async #visit(client: LoadClient, visit: Visit): Promise<void> {
    const cookie = visit.isReplay ? client.replaced(visit.way[0]) : client.cookie;
    if (visit.isReplay && cookie === undefined) return;
    const { isReplay } = visit;
    const record = this.history.send({ client: client.number, isReplay, shown: client.tokenOf(cookie) });
    this.#underWay.add(record);
    await this.#wait(visit.way[0]);
    const setCookie = await this.#serve(record, cookie, visit.steps);
    await this.#wait(visit.way[1]);
    if (setCookie !== undefined && !isReplay) client.receive(setCookie, record.issued);
    record.delivered = this.history.moment();
    this.#underWay.delete(record);
  }

  async #serve(
    record: RequestRecord,
    cookie: string | undefined,
    steps: readonly Step[],
  ): Promise<string | undefined> {
    const served = await this.#options.system.serve(cookie, (session) =>
      this.#handle(record, session, steps),
    );
    const { outcome, setCookie, issued, over } = served;
    Object.assign(record, { outcome, issued, over, saved: this.history.moment() });
    record.isCleared = setCookie !== undefined && issued === undefined;
    if (issued !== undefined && setCookie !== undefined)
      this.#cookies.set(issued.token, setCookie.split(";")[0] ?? "");
    return setCookie;
  }

  async #handle(record: RequestRecord, session: S, steps: readonly Step[]): Promise<void> {
    Object.assign(record, { opened: this.history.moment(), found: session.id, seen: session.read() });
    for (const step of steps) await this.#make(record, session, step);
    Object.assign(record, { closed: this.history.moment(), left: session.read() });
  }

  async #make({ steps }: RequestRecord, session: S, [verb, argument]: Step): Promise<void> {
    const text = argument === undefined ? verb : `${verb} ${argument}`;
    const start = this.history.moment().number;
    const note = (hasFailed: boolean, effect: Effect = {}): void => {
      const { number: end, clock } = this.history.moment();
      steps.push({ ...effect, text, verb, start, end, clock, hasFailed });
    };
    try {
      note(false, await this.#effectOf(session, verb, argument));
    } catch (error) {
      note(true);
      throw error;
    }
  }

  async #effectOf(session: S, verb: string, argument: Step[1]): Promise<Effect> {
    const context = { fresh: () => `v${++this.#fresh}`, pause: (turns: number) => this.#wait(turns) };
    const make = this.#options.steps[verb];
    if (make === undefined) throw new Error(`there is no step called ${verb}`);
    return (await make(session, argument as never, context)) ?? {};
  }

  async #wait(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await this.#options.turn();
  }

  /** Moves the clock. In an orderly load it waits for requests that would be under way too long. */
  async #tick(): Promise<void> {
    for (const seconds of this.#load.ticks) {
      await this.#wait(10);
      if (this.#load.isOrderly && !this.#isShort(seconds)) await this.#waitForAll();
      this.#options.clock.advance(seconds);
      this.#pause = undefined;
    }
  }

  #isShort(seconds: number): boolean {
    const { clock } = this.#options;
    return [...this.#underWay].every(({ sent }) => clock.seconds + seconds - sent.clock <= LONGEST_WAY);
  }

  async #waitForAll(): Promise<void> {
    const underWay = this.#clients.flatMap((client) => [...client.underWay]);
    this.#pause = Promise.all(underWay).then(() => {});
    await this.#pause;
  }

  async #visitFinally(): Promise<void> {
    const steps = this.#options.lastSteps ?? [];
    for (const client of this.#clients)
      await this.#visit(client, { steps, isAlone: true, isReplay: false, way: [0, 0] });
    for (const [token, cookie] of [...this.#cookies]) await this.#replay(token, cookie);
  }

  async #replay(token: string, cookie: string): Promise<void> {
    const session =
      this.history.requests.find(({ issued }) => issued?.token === token)?.issued?.session ?? "";
    const record = this.history.send({ client: FINAL_CLIENT, isReplay: true, shown: { session, token } });
    await this.#serve(record, cookie, []);
    record.delivered = this.history.moment();
  }
}
