import { type Flash, html, type Markup } from "lambda-sessions";
import { renderMoment } from "../page/moment.ts";
import { renderStatus } from "../page/status.ts";

/** Parts of a session that the page shows. */
export interface FreshSession {
  readonly user: { readonly name: string };
  readonly authenticatedAt: Date | undefined;
  flashes(): readonly Flash[];
}

/**
 * Renders the section for users who have just signed in: since when and until when it is open, and a form.
 *
 * @param seconds seconds for which a sign-in opens it
 */
export function renderFreshBody(session: FreshSession, seconds: number): Markup {
  const { authenticatedAt: at = new Date(0) } = session;
  const end = new Date(at.getTime() + seconds * 1000);
  return html`${renderStatus(session.flashes())}
<main>
<header>
<h1 id="top">A fresh sign-in</h1>
<p>You signed in as <strong>${session.user.name}</strong> at ${renderMoment(at)}, so this section is open until ${renderMoment(end)}.</p>
</header>
<section aria-labelledby="note"><h2 id="note">Send a note</h2>
<p>If you wait until that time, you are asked to sign in again, and come back to this form. Your note is then not sent by itself.</p>
<form class="fields" method="post" action="/demo/fresh">
<label class="wide">Note <input name="note" id="note-text" required maxlength="100" autocomplete="off"></label>
<button id="send">Send the note</button>
</form>
</section>
</main>
<footer><p><a href="/demo">Back to your session</a></p></footer>`;
}
