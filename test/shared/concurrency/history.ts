import type { LoadSettings } from "./load.ts";
import type { Outcome, Token } from "./session-system.ts";

/** The effect of a step that checks need. */
export interface Effect {
  /** The value that the step returned to the handler. */
  readonly result?: unknown;
  /** The values that it wrote, by key, to be saved with the session; `undefined` for a deleted key. */
  readonly writes?: Readonly<Record<string, unknown>>;
  /** True if it ended the session of the request; later writes belong to another one. */
  readonly destroys?: boolean;
  /** True if it requested a new token because of a change of privilege. */
  readonly renews?: boolean;
  /** The user whose sessions it ended, and the one that it kept. */
  readonly revokes?: { readonly user: string; readonly except?: string | undefined };
  /** The id of the session that it ended. */
  readonly ends?: string | undefined;
  /**
   * The session that it removed from its user's list, until a sign-in that was under way added it again.
   */
  readonly removes?: string | undefined;
}

/** A step that a handler made. `start` and `end` are numbers of events. */
export interface DoneStep extends Effect {
  readonly text: string;
  readonly verb: string;
  readonly start: number;
  readonly end: number;
  /** The clock at its end, in seconds. */
  readonly clock: number;
  /** True if it threw, so that it had no effect. */
  readonly hasFailed: boolean;
}

/** An event: its number among all events, and the clock in seconds. */
export interface Moment {
  readonly number: number;
  readonly clock: number;
}

/** One request, from its sending to the arrival of the response. */
export interface RequestRecord {
  readonly number: number;
  readonly client: number;
  /** True if it sent a cookie that its client had replaced. */
  readonly isReplay: boolean;
  /** The token that it sent; `undefined` without a cookie. */
  readonly shown: Token | undefined;
  readonly sent: Moment;
  /** The start and the end of the handler, the end of the save, and the arrival of the response. */
  opened: Moment;
  closed: Moment;
  saved: Moment;
  delivered: Moment;
  /** The id of the session that it found. */
  found: string | undefined;
  /** The data at the start and at the end of the handler; the user is under `user`. */
  seen: Readonly<Record<string, unknown>>;
  left: Readonly<Record<string, unknown>>;
  readonly steps: DoneStep[];
  outcome: Outcome | "under way";
  /** The token in the response's cookie. */
  issued: Token | undefined;
  /** True if the response deleted the cookie. */
  isCleared: boolean;
  /** The sessions that the system reported as over, and why. */
  over: readonly { readonly session: string; readonly why: string }[];
}

/** An event that has not happened yet. */
const NEVER: Moment = { number: Number.POSITIVE_INFINITY, clock: Number.POSITIVE_INFINITY };

/** All events of one run of a load. */
export class History {
  readonly isOrderly: boolean;
  readonly settings: LoadSettings;
  /** True if `increment` and `append` are stored when they return. */
  readonly storesAtOnce: boolean;
  readonly requests: RequestRecord[] = [];
  readonly #now: () => number;
  #count = 0;

  /** @param now the clock, in seconds */
  constructor(load: Pick<History, "isOrderly" | "settings" | "storesAtOnce">, now: () => number) {
    this.isOrderly = load.isOrderly;
    this.settings = load.settings;
    this.storesAtOnce = load.storesAtOnce;
    this.#now = now;
  }

  /** Counts an event, and returns it. */
  moment(): Moment {
    this.#count += 1;
    return { number: this.#count, clock: this.#now() };
  }

  /** Records a request that is sent now. */
  send({ client, isReplay, shown }: Pick<RequestRecord, "client" | "isReplay" | "shown">): RequestRecord {
    const later = { opened: NEVER, closed: NEVER, saved: NEVER, delivered: NEVER };
    const nothing = { found: undefined, seen: {}, left: {}, issued: undefined, isCleared: false };
    const record: RequestRecord = {
      ...{ number: this.requests.length, client, isReplay, shown, sent: this.moment(), steps: [], over: [] },
      ...{ ...later, ...nothing, outcome: "under way" },
    };
    this.requests.push(record);
    return record;
  }

  /** The number of steps other than pauses. */
  get operations(): number {
    return this.requests.reduce(
      (sum, { steps }) => sum + steps.filter(({ verb }) => verb !== "pause").length,
      0,
    );
  }
}

/** The client that sends every cookie again at the end of a run. */
export const FINAL_CLIENT = -1;

/** Returns the id of the session that the client of a saved request has afterwards. */
export function sessionAfter({ issued, isCleared, found }: RequestRecord): string | undefined {
  return issued?.session ?? (isCleared ? undefined : found);
}

/** Returns whether one interval ended before another started. */
export function isBefore(one: { end: number }, other: { start: number }): boolean {
  return one.end < other.start;
}
