import { html, type Markup, type Session } from "lambda-sessions";
import type { SessionDescription } from "lambda-sessions/server-side";
import { sessions } from "#session-interface";
import { toBrowserName } from "./browser-name.ts";
import { formatUtc, renderMoment } from "./moment.ts";

/** Renders the sessions of the signed-in user, each with a button that ends it. */
export async function renderDevices(session: Session): Promise<Markup> {
  if (session.user === undefined)
    return html`<p>Sign in to see your sessions on all devices, and to end them.</p>`;
  const list = await sessions.list(session);
  return html`<p>Every browser in which you are signed in as ${session.user.name}. A session that you end here is over at once,
wherever it is.</p>
<ul class="devices">${list.map(renderDevice)}</ul>
<form class="row" method="post" action="/demo/sessions/end">
<button id="end-others" name="which" value="others"${list.length < 2 ? html` disabled` : ""}>End all others</button>
<button id="end-all" name="which" value="all">End all, this one too</button>
</form>`;
}

function renderDevice({
  id,
  createdAt,
  lastSeenAt,
  userAgent,
  address,
  isCurrent,
}: SessionDescription): Markup {
  const name = toBrowserName(userAgent);
  return html`<li>
<div><strong>${name}</strong>${isCurrent ? html` <span class="badge">this one</span>` : ""}
<p class="quiet">${address ?? "unknown address"} · signed in ${renderMoment(createdAt)} · seen on ${lastSeenAt.toISOString().slice(0, 10)} or later</p></div>
<form method="post" action="/demo/sessions/end"><input type="hidden" name="id" value="${id}">
<button id="end-${id}" aria-label="End ${isCurrent ? "this session" : `the session of ${name}, signed in ${formatUtc(createdAt)}`}">End</button></form>
</li>`;
}
