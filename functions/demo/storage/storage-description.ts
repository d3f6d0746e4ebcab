import type { Markup, Session } from "lambda-sessions";
import type { CookiePart } from "../inspection/cookie-part.ts";

/** What the page says of where sessions are kept. package.json's `imports` chooses one, as `#demo-storage`. */
export interface StorageDescription {
  /** The place, to follow "kept in". */
  readonly place: string;
  /** What the session's data is, to follow "The", such as "item in the table". */
  readonly record: string;
  /** The most bytes that it may take. */
  readonly limit: number;
  /** What it takes beside its entries, to follow "The rest is". */
  readonly rest: string;
  /** Whether the data is in the cookie itself. */
  readonly isInCookie: boolean;
  /** Cuts the visitor's cookie into parts. */
  cut(cookie: string, session: Session): readonly CookiePart[];
  /** What the page will say of devices, for a visitor without a session. */
  readonly devicesPreview: string;
  /** The user's sessions on all devices. */
  devices(session: Session): Promise<Markup>;
}
