import type { Markup, Session } from "lambda-sessions";
import type { CookiePart } from "../inspection/cookie-part.ts";

/** Description of a storage for the page. package.json's `imports` chooses one as `#demo-storage`. */
export interface StorageDescription {
  /** Place of the sessions, to follow "kept in". */
  readonly place: string;
  /** Name of the stored record, to follow "The", such as "item in the table". */
  readonly record: string;
  /** Maximum size of the record in bytes. */
  readonly limit: number;
  /** Explanation of the bytes that are not entries, to follow "The rest is". */
  readonly rest: string;
  /** True if the data itself is in the cookie. */
  readonly isInCookie: boolean;
  /** Cuts the visitor's cookie into its parts. */
  cut(cookie: string, session: Session): readonly CookiePart[];
  /** Preview of the list of devices, for a visitor without a session. */
  readonly devicesPreview: string;
  /** Renders the user's sessions on all devices. */
  renderDevices(session: Session): Promise<Markup>;
}
