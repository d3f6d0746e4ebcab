import type { LoadSettings } from "./load.ts";
import type { Outcome, Token } from "./session-system.ts";

/** What a step did, as far as checks want to know. */
export interface Effect {
  /** What the handler was given. */
  readonly result?: unknown;
  /** What it wrote, by key, to be saved with the session; `undefined` is a key that it deleted. */
  readonly writes?: Readonly<Record<string, unknown>>;
  /** Whether it ended the session that came; what is written afterwards is of another one. */
  readonly destroys?: boolean;
  /** Whether it asked for a new token because rights changed. */
  readonly renews?: boolean;
  /** Whose sessions it ended, but for one. */
  readonly revokes?: { readonly user: string; readonly except?: string | undefined };
  /** Which session it ended. */
  readonly ends?: string | undefined;
}

/** A step that a handler made. Its start and end are numbers of events. */
export interface DoneStep extends Effect {
  readonly text: string;
  readonly verb: string;
  readonly start: number;
  readonly end: number;
  /** The clock when it was done, in seconds. */
  readonly clock: number;
  /** Whether it threw, so that it did nothing. */
  readonly hasFailed: boolean;
}

/** Something that happened: its number among all events, and the clock in seconds. */
export interface Moment {
  readonly number: number;
  readonly clock: number;
}

/** One request, from when it was sent to when the client had the answer. */
export interface RequestRecord {
  readonly number: number;
  readonly client: number;
  /** Whether it showed a cookie that its client had replaced. */
  readonly isReplay: boolean;
  /** What it showed; `undefined` without a cookie. */
  readonly shown: Token | undefined;
  readonly sent: Moment;
  /** When the handler began, when it was done, when the session was saved or could not be, and when the client knew. */
  opened: Moment;
  closed: Moment;
  saved: Moment;
  delivered: Moment;
  /** The session that it found. */
  found: string | undefined;
  /** The data when the handler began, and when it was done; the user is under `user`. */
  seen: Readonly<Record<string, unknown>>;
  left: Readonly<Record<string, unknown>>;
  readonly steps: DoneStep[];
  outcome: Outcome | "under way";
  /** What the answer's cookie carried. */
  issued: Token | undefined;
  /** Whether the answer took the cookie away. */
  isCleared: boolean;
  /** The sessions that the system said to be over, and why. */
  over: readonly { readonly session: string; readonly why: string }[];
}

/** What has not happened yet. */
const NEVER: Moment = { number: Number.POSITIVE_INFINITY, clock: Number.POSITIVE_INFINITY };

/** All that happened while a load ran. */
export class History {
  readonly isOrderly: boolean;
  readonly settings: LoadSettings;
  /** Whether the system stores `increment` and `append` when they return. */
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

  /** Counts an event. */
  moment(): Moment {
    this.#count += 1;
    return { number: this.#count, clock: this.#now() };
  }

  /** A request that is being sent. */
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

  /** How many things were done with sessions. */
  get operations(): number {
    return this.requests.reduce(
      (sum, { steps }) => sum + steps.filter(({ verb }) => verb !== "pause").length,
      0,
    );
  }
}

/** The client that shows every cookie at last. */
export const LAST_LOOK = -1;

/** The session that the client of a saved request has afterwards. */
export function sessionAfter({ issued, isCleared, found }: RequestRecord): string | undefined {
  return issued?.session ?? (isCleared ? undefined : found);
}

/** Whether one thing was over before another began. */
export function isBefore(one: { end: number }, other: { start: number }): boolean {
  return one.end < other.start;
}
