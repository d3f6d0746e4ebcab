import type { Markup, Session } from "lambda-sessions";
import { html } from "../../runtime/html.ts";
import { moment } from "../page/moment.ts";
import type { StorageDescription } from "../storage/storage-description.ts";
import { anatomy } from "./anatomy.ts";
import { flippedAt } from "./flip-bit.ts";
import { flipForm, refused, remedy } from "./refusal.ts";
import { sizes } from "./sizes.ts";

/** The request of which the session is. */
export interface Inspected {
  /** The cookies of the session's name, as they came. */
  readonly cookies: readonly string[];
  /** Whether it comes from the button that flips a bit. */
  readonly isFlipped: boolean;
  readonly storage: StorageDescription;
}

/**
 * Returns the session seen from inside, as it came with a request; `undefined` if no cookie came. Call it before the
 * flashes are taken out of the session.
 */
export function inspection(session: Session, { cookies, isFlipped, storage }: Inspected): Markup | undefined {
  const [value] = cookies;
  const { refusal } = session;
  if (value === undefined) return undefined;
  if (cookies.length > 1)
    return html`<p>${cookies.length} cookies of the session’s name came with this request. The first one that is
valid counts.</p>`;
  if (session.isNew && refusal === undefined) return NO_SECRET_KEY;
  const parts = storage.cut(value, session);
  if (refusal === undefined)
    return html`<p>What came with this request:</p>\n${anatomy(parts)}\n${flipForm}\n${times(session)}\n${sizes(session, value, storage)}`;
  const isOurs = isFlipped && refusal === "bad_signature";
  return html`${refused(refusal, isOurs)}\n${remedy(refusal, isOurs)}\n${anatomy(parts, isOurs ? flippedAt(value) : undefined)}`;
}

const NO_SECRET_KEY = html`<p>The functions have no secret key, so they look at no cookie.</p>`;

function times({ createdAt, expiresAt, permanent }: Session): Markup {
  if (createdAt === undefined || expiresAt === undefined) return html``;
  const window = permanent ? "" : ", or when you close the browser";
  return html`<p>The session began ${moment(createdAt)}. It ends ${moment(expiresAt)}${window}; a change before then prolongs it.</p>`;
}
