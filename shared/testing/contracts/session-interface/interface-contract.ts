import type { Session } from "../../../session/session.ts";
import type { SessionInterface } from "../../../session/session-interface.ts";
import type { SessionLog } from "../../../session/session-log.ts";
import type { SessionSettings } from "../../../session/session-settings.ts";
import { Clock } from "../../clock.ts";
import { CookieJar } from "../../cookie-jar.ts";
import { SessionLogCollector } from "../../session-log-collector.ts";
import { Visitor } from "../../visitor.ts";

/** Options that the suite passes to an interface. */
export interface ContractOptions {
  /** Returns the time in milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: SessionLog;
  readonly settings: SessionSettings;
}

/** Creates an interface with its own sessions. */
export type MakeInterface = (options: ContractOptions) => SessionInterface | Promise<SessionInterface>;

/** Interface of one test with a clock, a log and a visitor. */
export class InterfaceContract {
  readonly #makeInterface: MakeInterface;
  #sessions: SessionInterface | undefined;
  clock = new Clock();
  log = new SessionLogCollector();
  #visitor: Visitor | undefined;

  constructor(makeInterface: MakeInterface) {
    this.#makeInterface = makeInterface;
  }

  /** Prepares the next test, or begins again with other settings. */
  async start(settings: SessionSettings = {}): Promise<void> {
    this.clock = new Clock();
    this.log = new SessionLogCollector();
    this.#sessions = await this.#makeInterface({ clock: this.clock.now, log: this.log.log, settings });
    this.#visitor = this.newVisitor();
  }

  get visitor(): Visitor {
    if (this.#visitor === undefined) throw new Error("start() must run before a test uses its visitor");
    return this.#visitor;
  }

  /** Creates another visitor of the same interface. Default: of the application's root. */
  newVisitor(url?: string): Visitor {
    if (this.#sessions === undefined) throw new Error("start() must run before a test creates a visitor");
    return new Visitor(this.#sessions, new CookieJar(this.clock.now), url);
  }

  /** Returns the result of one visit. */
  async read<T>(use: (session: Session) => T): Promise<T> {
    return (await this.visitor.visit(use)).result;
  }

  /** Returns the visitor's data without changing the session. */
  data(): Promise<object> {
    return this.read((session) => session.toJSON());
  }
}

/** An hour in seconds. */
export const HOUR = 60 * 60;

/** User of the tests. */
export const ADA = { id: "1", name: "Ada" };

/** Another user. */
export const BOB = { id: "2", name: "Bob" };
