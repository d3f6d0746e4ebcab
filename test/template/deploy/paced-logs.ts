import { setTimeout } from "node:timers/promises";

/** The parts of CloudWatch's FilterLogEvents that are used here. */
export type FilterLogEvents = (request: {
  readonly logGroupName: string;
  readonly nextToken?: string;
}) => Promise<{ readonly events?: readonly { readonly message?: string }[]; readonly nextToken?: string }>;

/** Milliseconds between two calls: four a second, where AWS allows five in an account and region. */
const INTERVAL = 250;

/** Time of `expect.poll` for logs, which arrive some seconds after a request. */
export const LOG_POLL = { timeout: 180_000, interval: 3_000 } as const;

/** Reads logs with one call at a time, and never more often than AWS allows. */
export class PacedLogs {
  readonly #filter: FilterLogEvents;
  readonly #wait: (milliseconds: number) => Promise<unknown>;

  constructor(filter: FilterLogEvents, wait: (milliseconds: number) => Promise<unknown> = setTimeout) {
    this.#filter = filter;
    this.#wait = wait;
  }

  /** Returns all messages of the log groups. */
  async read(groups: readonly string[]): Promise<string[]> {
    const messages: string[] = [];
    for (const logGroupName of groups) {
      let nextToken: string | undefined;
      do {
        await this.#wait(INTERVAL);
        const page = await this.#filter({ logGroupName, ...(nextToken && { nextToken }) });
        messages.push(...(page.events ?? []).map(({ message = "" }) => message));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    return messages;
  }
}
