import { html, type Markup, type RefusalReason } from "lambda-sessions";

const REASONS: Partial<Record<RefusalReason, string>> = {
  bad_signature: "It does not verify, so nobody has looked at the data.",
  expired: "The session’s lifetime is over.",
  absolute_lifetime: "The session’s absolute lifetime is over.",
  revoked: "The session was ended on another device or elsewhere.",
  destroyed: "The session was signed out.",
  evicted: "You signed in on too many devices, and this session was unused for longest.",
};

const FLIPPED =
  "One bit of the cookie was flipped, so it does not verify, and nobody has looked at the data.";

/**
 * Renders the reason for which a cookie was refused, and an explanation.
 *
 * @param isFlipped whether the demo has just flipped a bit of the cookie
 */
export function renderRefusal(reason: RefusalReason, isFlipped: boolean): Markup {
  const meaning = isFlipped ? FLIPPED : (REASONS[reason] ?? "It gives no session.");
  return html`<p class="refused" id="refused"><strong>Refused: <code>${reason}</code>.</strong> ${meaning}
Handlers see no session, and the log has one line about it, without the cookie.</p>`;
}

/** Form that flips a bit of a valid cookie. */
export const flipForm = html`<form class="row" method="post" action="/demo/tamper"><button id="flip">Flip one bit of the cookie</button>
<span>Change one bit, as a forger would, and see what the functions say.</span></form>`;

/** Renders what the visitor can do next: flip the bit back, or begin a new session. */
export function renderRemedy(reason: RefusalReason, isFlipped: boolean): Markup {
  if (isFlipped)
    return html`<form class="row" method="post" action="/demo/tamper"><button id="flip" name="back" value="yes">Flip it back</button>
<span>The same bit, flipped once more, makes the cookie good again: your session was not touched.</span></form>`;
  const cause =
    reason === "bad_signature" ? "The cookie may be one of other secret keys or other settings. " : "";
  return html`<p>${cause}Your next change begins a new session.</p>`;
}
