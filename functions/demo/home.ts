import type { Flash } from "../shared/session/flash.ts";
import type { Markup } from "../shared/session/types/markup.ts";
import type { User } from "../shared/session/user.ts";
import { html } from "./runtime/html.ts";
import { page } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /`: who is signed in, the visits, the messages, and forms for signing in and out. */
export const handler = withSession((_event, session) =>
  page(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Session</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}input,button{font:inherit;padding:.25rem .5rem;max-width:100%}</style>
</head>
<body>
<main>
<h1>Hello, ${session.user?.name ?? "visitor"}</h1>
${messages(session.flashes())}
<p>Visits: ${session.get("visits") ?? 0}. <a href="/visits">Count one more</a>, or <a href="/session">look at the session</a>.</p>
${session.user ? signOutForm(session.user) : signInForm}
</main>
</body>
</html>`),
);

function messages(flashes: readonly Flash[]): Markup | "" {
  if (flashes.length === 0) return "";
  return html`<div role="status"><ul>${flashes.map(({ message }) => html`<li>${message}</li>`)}</ul></div>`;
}

function signOutForm({ name }: User): Markup {
  return html`<form method="post" action="/sign-out"><button>Sign out ${name}</button></form>`;
}

const signInForm = html`<form method="post" action="/sign-in">
<label>Name <input name="name" required maxlength="100" autocomplete="name"></label>
<button>Sign in</button>
</form>`;
