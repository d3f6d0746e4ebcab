import type { Session } from "../../../../shared/session/session.ts";

/** One way to keep sessions in a DynamoDB table. It finds the table by the environment's variables. */
export interface TableContestant {
  readonly name: string;
  /** Answers one request of a visitor, whose cookie is kept up to date. */
  request<T>(visitor: Visitor, handle: (session: TableSession) => T | Promise<T>): Promise<T>;
}

/** A browser, as far as it matters: its one cookie as a Cookie header has it. */
export interface Visitor {
  cookie?: string | undefined;
}

/** What all contestants' sessions can do: this project's API, of which others do each thing as they can. */
export type TableSession = Pick<Session, "get" | "user"> & {
  set(key: string, value: unknown): unknown;
  increment(key: string): unknown;
  update(key: string, change: (value: unknown) => unknown): unknown;
  signIn(user: { id: string; name: string }): unknown;
  signOut(): unknown;
};

/** Makes a contestant. Where one takes no clock, the time is the system's. */
export type MakeContestant = (clock?: () => number) => TableContestant;

/** Does to the visitor's cookie what a response asks. */
export function receiveCookie(visitor: Visitor, setCookie: string | undefined): void {
  if (setCookie !== undefined)
    visitor.cookie = /; Max-Age=0/i.test(setCookie) ? undefined : setCookie.split(";", 1).join();
}
