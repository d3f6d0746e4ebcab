import type { Session } from "../../../../shared/session/session.ts";

/** One way to keep sessions in a DynamoDB table, which the environment's variables name. */
export interface TableContestant {
  readonly name: string;
  /** Handles one request of a visitor and updates the visitor's cookie. */
  request<T>(visitor: Visitor, handle: (session: TableSession) => T | Promise<T>): Promise<T>;
}

/** A browser with one cookie, in the format of a Cookie header. */
export interface Visitor {
  cookie?: string | undefined;
}

/** The methods of all contestants' sessions, with this project's names. */
export type TableSession = Pick<Session, "get" | "user"> & {
  set(key: string, value: unknown): unknown;
  increment(key: string): unknown;
  update(key: string, change: (value: unknown) => unknown): unknown;
  signIn(user: { id: string; name: string }): unknown;
  signOut(): unknown;
};

/** Creates a contestant. A contestant that takes no clock uses the system's time. */
export type MakeContestant = (clock?: () => number) => TableContestant;

/** Applies a Set-Cookie header to the visitor's cookie. */
export function receiveCookie(visitor: Visitor, setCookie: string | undefined): void {
  if (setCookie !== undefined)
    visitor.cookie = /; Max-Age=0/i.test(setCookie) ? undefined : setCookie.split(";", 1).join();
}
