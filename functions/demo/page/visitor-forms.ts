import { html, type Markup, type Session, type User } from "lambda-sessions";
import { hasOidc } from "../authentication/sign-in-mode.ts";

/**
 * Links to the sign-in at the identity provider. A form would not do, because the page's `form-action` blocks
 * the redirect to the provider.
 */
const providerLinks = html`<p class="row"><a href="/sign-in?returnTo=/demo">Sign in</a>
<a href="/sign-in?returnTo=/demo&amp;remember=true">Sign in and stay signed in</a></p>`;

/** Form that signs the visitor in under any name. */
const nameForm = html`<form class="fields" method="post" action="/demo/sign-in">
<label class="wide">Name <input name="name" id="name" required maxlength="100" autocomplete="username" spellcheck="false" aria-describedby="name-hint"></label>
<p class="quiet wide" id="name-hint">Any name will do. Whoever gives the same name is the same user.</p>
<button id="sign-in">Sign in</button>
</form>`;

/** Lets the visitor sign in: at the identity provider if there is one, or under any name. */
export const signInForm: Markup = hasOidc ? providerLinks : nameForm;

/** Renders the form that signs the user out. */
export function renderSignOutForm({ name }: User): Markup {
  return html`<form class="row" method="post" action="${hasOidc ? "/sign-out" : "/demo/sign-out"}"><button id="sign-out">Sign out</button>
<span>You are signed in as <strong>${name}</strong>.</span></form>`;
}

/** Renders the form that counts a visit, with the number of visits so far. */
export function renderCountForm(session: Session): Markup {
  return html`<form class="row" method="post" action="/demo/visits"><button id="count">Count a visit</button>
<span>Visits: <strong>${session.get("visits") ?? 0}</strong></span></form>`;
}
