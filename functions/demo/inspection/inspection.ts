import { html, type Markup, type Session } from "lambda-sessions";
import { renderMoment } from "../page/moment.ts";
import type { StorageDescription } from "../storage/storage-description.ts";
import { renderAnatomy } from "./anatomy.ts";
import { findFlippedCharacter } from "./flip-bit.ts";
import { flipForm, renderRefusal, renderRemedy } from "./refusal.ts";
import { overallLifetimeOf } from "./session-cookie.ts";
import { renderSizes } from "./sizes.ts";

/** Facts about the request whose session is inspected. */
export interface Inspected {
  /** Values of the cookies with the session's name, in the order of the request. */
  readonly cookies: readonly string[];
  /** True if the demo has just flipped a bit of the cookie. */
  readonly isFlipped: boolean;
  readonly storage: StorageDescription;
}

/**
 * Renders the parts, size and times of the session as the request sent it. Returns `undefined` if the request
 * had no cookie. Call it before flashes are read, so that they are inspected too.
 */
export function renderInspection(
  session: Session,
  { cookies, isFlipped, storage }: Inspected,
): Markup | undefined {
  const [value] = cookies;
  const { refusal } = session;
  if (value === undefined) return undefined;
  if (cookies.length > 1)
    return html`<p>${cookies.length} cookies of the session’s name came with this request. The valid one
signed last counts.</p>`;
  if (session.isNew && refusal === undefined) return NO_SECRET_KEY;
  const parts = storage.cut(value, session);
  if (refusal === undefined)
    return html`<p>What came with this request:</p>\n${renderAnatomy(parts)}\n${flipForm}\n${renderTimes(session)}\n${renderSizes(session, value, storage)}`;
  const isOurs = isFlipped && refusal === "bad_signature";
  return html`${renderRefusal(refusal, isOurs)}\n${renderRemedy(refusal, isOurs)}\n${renderAnatomy(parts, isOurs ? findFlippedCharacter(value) : undefined)}`;
}

const NO_SECRET_KEY = html`<p>The functions have no secret key, so they read no cookie.</p>`;

function renderTimes(session: Session): Markup {
  const { createdAt, expiresAt, permanent } = session;
  if (createdAt === undefined || expiresAt === undefined) return html``;
  const window = permanent ? "" : ", or when you close the browser";
  const isLast = Number(expiresAt) >= Number(createdAt) + overallLifetimeOf(session) * 1000;
  const change = isLast ? "" : "; a change prolongs it";
  return html`<p>The session began ${renderMoment(createdAt)}. It ends ${renderMoment(expiresAt)}${window}${change}.</p>`;
}
