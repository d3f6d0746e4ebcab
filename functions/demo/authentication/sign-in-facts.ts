import { html, type Markup, type Session } from "lambda-sessions";
import { overallLifetimeOf } from "../inspection/session-cookie.ts";
import { renderMoment } from "../page/moment.ts";
import { describeMethods, toWords } from "./authentication-words.ts";
import { freshFor, hasOidc } from "./sign-in-mode.ts";

/**
 * Renders by which provider, how and when the user of a session signed in, and when a new sign-in is needed.
 */
export function renderSignInFacts(session: Session): Markup {
  const { issuer, at, acr, amr = [] } = session.authentication ?? {};
  const provider = issuer && html`at <strong>${URL.parse(issuer)?.host || issuer}</strong>`;
  const methods = amr.length > 0 && ` with ${describeMethods(amr)}`;
  const level = acr && amr.join() !== acr && ` (level: ${toWords(acr)})`;
  return html`<p>You signed in ${provider || "here with any name"}${methods || ""}${level || ""}, ${at ? renderMoment(at) : "at an unknown time"}.</p>
<p>You sign in again:</p>
<ul>${renderEnds(session)}</ul>`;
}

/** Renders the times after which a new sign-in is needed. */
function renderEnds(session: Session): Markup[] {
  const { createdAt, expiresAt, authenticatedAt } = session;
  return [
    renderEnd("without use, after", expiresAt),
    renderEnd("in any case, after", createdAt, overallLifetimeOf(session)),
    hasOidc ? renderEnd(FRESH, authenticatedAt, freshFor) : html``,
  ];
}

const FRESH = html`for <a href="/demo/fresh">what needs a fresh sign-in</a>, after`;

/** Renders an end, some seconds after a time. Renders nothing without a time, or if there is no end. */
function renderEnd(when: string | Markup, time: Date | undefined, seconds = 0): Markup {
  const end = new Date(Number(time) + seconds * 1000);
  return Number.isNaN(end.getTime()) ? html`` : html`<li>${when} ${renderMoment(end)}</li>`;
}
