import { html } from "lambda-sessions";
import { page } from "./pages/page.ts";
import { hasOidcFrom } from "./runtime/environment.ts";
import { withSession } from "./runtime/session.ts";

const ABOUT = html`<p>This is a template for TypeScript functions on AWS Lambda that share one session, as the handlers of a Flask
application do. The session keeps a visitor’s data, sign-in and messages in a signed cookie or in DynamoDB, on your laptop as on AWS.</p>
<p>To change this page, edit <code>functions/home.ts</code>.</p>
<ul>
<li><a href="/demo">The demo</a>: a session at work, with its cookie taken apart</li>
<li>The documentation: <code>README.md</code>, then <code>docs/concepts.md</code></li>
</ul>`;

const SIGN_IN = hasOidcFrom(process.env)
  ? html`<p><a href="/sign-in?returnTo=%2F">Sign in</a></p>
<p><a href="/sign-in?returnTo=%2F&amp;remember=true">Sign in and stay signed in on this device</a></p>`
  : html`<form method="post" action="/sign-in">
<label>Name <input name="name" required maxlength="100" autocomplete="username"></label> <button>Sign in</button></form>`;
const SIGN_OUT = html`<form method="post" action="/sign-out"><button>Sign out</button></form>`;

/** `GET /`: introduces the project, shows waiting messages once, and lets the visitor sign in or out. */
export const handler = withSession((_event, session) => {
  const name = session.user?.name ?? "visitor";
  const messages = session.flashes().map(({ message }) => html`<p role="status">${message}</p>\n`);
  return page(
    "Home",
    html`${messages}<h1>Hello, ${name}</h1>\n${ABOUT}\n${session.user ? SIGN_OUT : SIGN_IN}`,
  );
});
