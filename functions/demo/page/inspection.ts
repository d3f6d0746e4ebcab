import type { Session } from "../../../shared/session/session.ts";
import type { RefusalReason } from "../../../shared/session/session-log.ts";
import type { Markup } from "../../../shared/session/types/markup.ts";
import { html } from "../../runtime/html.ts";
import type { CookiePart } from "./cookie-part.ts";
import { moment } from "./moment.ts";
import { sizes } from "./sizes.ts";
import type { Storage } from "./storage.ts";

/**
 * The session seen from inside: the cookie's parts, times and sizes. To be called before the flashes are taken out.
 *
 * @param values the cookies of the session's name, as they came
 */
export function inspection(session: Session, values: readonly string[], storage: Storage): Markup {
  const [value] = values;
  const { refusal } = session;
  if (value === undefined) return NO_COOKIE;
  if (values.length > 1)
    return html`<p>${values.length} cookies of the session’s name came with this request. The first one that is
valid counts.</p>`;
  return html`${refusal ? refused(refusal) : ""}
${anatomy(storage.cut(value, session))}
${refusal ? "" : html`${times(session)}\n${sizes(session, value, storage)}`}
${tampering(refusal)}`;
}

const NO_COOKIE = html`<p>You have no session. This page has looked for its cookie, found none and sent none. Count a visit,
or set a key, and your browser gets one.</p>`;

function refused(reason: RefusalReason): Markup {
  return html`<p class="refused"><strong>Refused: <code>${reason}</code>.</strong> ${REASONS[reason] ?? REFUSED}
To the handlers you have no session, and the log has one line about it, without the cookie.</p>`;
}

const REFUSED = html`This cookie gives no session.`;

const REASONS: Partial<Record<RefusalReason, Markup>> = {
  bad_signature: html`The signature does not fit what stands before it, so nobody has looked at the data.`,
  expired: html`The session’s lifetime is over.`,
  absolute_lifetime: html`The session’s absolute lifetime is over.`,
  revoked: html`The session was ended on another device.`,
  destroyed: html`The session was signed out.`,
  capped: html`You signed in on too many devices, and this session was not used for longest.`,
};

function anatomy(parts: readonly CookiePart[]): Markup {
  if (parts.length === 0) return html`<p>The cookie has none of the parts that a session’s cookie has.</p>`;
  return html`<p class="cookie" aria-hidden="true">${parts.map(piece)}</p>
<dl class="parts">${parts.map(explanation)}</dl>`;
}

/** Sealed cookies have no dots between their parts; key, token and user stand together. */
function piece({ kind, name, text, hidden }: CookiePart): Markup {
  const dot = name === "Timestamp" || name === "Signature" ? "." : "";
  return html`${dot}<span class="${kind}">${text}${"•".repeat(Math.min(hidden, 40))}</span>`;
}

function explanation({ kind, name, text, hidden, meaning, decoded }: CookiePart): Markup {
  return html`<div><dt><span class="${kind}">${name}</span> <span class="quiet">${text.length + hidden} characters</span></dt>
<dd>${meaning}${decoded ? html`<code class="decoded">${decoded}</code>` : ""}</dd></div>`;
}

function times({ createdAt, expiresAt, permanent }: Session): Markup {
  if (createdAt === undefined || expiresAt === undefined) return html``;
  return html`<p>It began ${moment(createdAt)} and ends ${moment(expiresAt)}, unless it is saved before${permanent ? "" : ", or when you close the browser"}.</p>`;
}

function tampering(refusal: RefusalReason | undefined): Markup {
  const [action, about] =
    refusal === "bad_signature"
      ? [
          "Flip it back",
          "The same bit, flipped once more, makes the cookie good again: your session was not touched.",
        ]
      : [
          "Flip one bit of it",
          "Change a single bit of your cookie, as a forger would, and see what the functions say.",
        ];
  return html`<form class="row" method="post" action="/tamper"><button id="flip">${action}</button> <span>${about}</span></form>`;
}
