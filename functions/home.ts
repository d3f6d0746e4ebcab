import { html } from "./runtime/html.ts";
import { page } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

const SIGN_IN = html`<form method="post" action="/sign-in">
<label>Name <input name="name" required maxlength="100" autocomplete="username"></label> <button>Sign in</button></form>`;
const SIGN_OUT = html`<form method="post" action="/sign-out"><button>Sign out</button></form>`;

/** `GET /`: greets the visitor, shows the messages that wait, and lets them sign in or out. */
export const handler = withSession((_event, session) => {
  const name = session.user?.name ?? "visitor";
  const messages = session.flashes().map(({ message }) => html`<p role="status">${message}</p>\n`);
  return page("Home", html`${messages}<h1>Hello, ${name}</h1>\n${session.user ? SIGN_OUT : SIGN_IN}`);
});
