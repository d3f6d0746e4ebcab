import type { Markup, Session, User } from "lambda-sessions";
import { html } from "../../runtime/html.ts";

/** Form that signs the visitor in under any name. */
export const signInForm: Markup = html`<form class="fields" method="post" action="/demo/sign-in">
<label class="wide">Name <input name="name" id="name" required maxlength="100" autocomplete="username" spellcheck="false" aria-describedby="name-hint"></label>
<p class="quiet wide" id="name-hint">Any name will do: it is believed. Whoever gives the same name is the same user.</p>
<button id="sign-in">Sign in</button>
</form>`;

/** Renders the form that signs the user out. */
export function renderSignOutForm({ name }: User): Markup {
  return html`<form class="row" method="post" action="/demo/sign-out"><button id="sign-out">Sign out</button>
<span>You are signed in as <strong>${name}</strong>.</span></form>`;
}

/** Renders the form that counts a visit, with the number of visits so far. */
export function renderCountForm(session: Session): Markup {
  return html`<form class="row" method="post" action="/demo/visits"><button id="count">Count a visit</button>
<span>Visits: <strong>${session.get("visits") ?? 0}</strong></span></form>`;
}
