import { type Flash, Markup, type Session, type User } from "lambda-sessions";
import { storage } from "#demo-storage";
import { html } from "../runtime/html.ts";
import { inspection } from "./inspection/inspection.ts";
import { cookiesOf } from "./inspection/session-cookie.ts";
import { enhance } from "./page/enhance.ts";
import { entriesSection } from "./page/entries-section.ts";
import { asset, htmlPage } from "./page/html-page.ts";
import { css } from "./page/style.ts";
import { asPage } from "./response/as-page.ts";
import { costText, readCost } from "./response/cost.ts";
import { type Done, noticeOf, readDone } from "./response/notice.ts";
import { OWN_COST } from "./response/with-cost.ts";
import { withAnySession } from "./with-any-session.ts";

const style = asset(css);
const script = asset(new Markup(`(${enhance})()`));

/** `GET /demo`: shows a session at work. */
export const handler = asPage(
  withAnySession(async (event, session) => {
    const query = event.queryStringParameters;
    const [done, cost] = [readDone(query), readCost(query)];
    const inspected = inspection(session, {
      cookies: cookiesOf(event),
      isFlipped: done === "flipped",
      storage,
    });
    const devices = await storage.devices(session);
    const parts = { inspected, devices, done, lastCost: cost && costText(cost) };
    return htmlPage({ title: "A session at work", style, script, body: body(session, parts) });
  }),
);

interface Parts {
  readonly inspected: Markup;
  readonly devices: Markup;
  readonly done: Done | undefined;
  readonly lastCost: string | undefined;
}

function body(session: Session, { inspected, devices, done, lastCost }: Parts): Markup {
  const { user } = session;
  return html`<div id="status" role="status">${done ? notice(noticeOf(done)) : ""}${session.flashes().map(flash)}</div>
<main>
<header>
<h1>Hello, ${user?.name ?? "visitor"}</h1>
<p>A session follows you from request to request. Yours is kept in <strong>${storage.place}</strong>.</p>
</header>
<section aria-labelledby="you"><h2 id="you">You</h2>
${user ? signOut(user) : signIn}
<form class="row" method="post" action="/demo/visits"><button id="count">Count a visit</button>
<span>Visits: <strong>${session.get("visits") ?? 0}</strong></span></form>
</section>
<section aria-labelledby="entries"><h2 id="entries">Your entries</h2>
${entriesSection(session)}
</section>
<section aria-labelledby="cookie"><h2 id="cookie">Your session, inspected</h2>
${inspected}
</section>
<section aria-labelledby="cost"><h2 id="cost">What it cost</h2>
<dl class="cost">${lastCost ? html`<div><dt>Your last change</dt><dd>${lastCost}.</dd></div>` : ""}
<div><dt>This page</dt><dd>${OWN_COST}.</dd></div></dl>
</section>
<section aria-labelledby="devices"><h2 id="devices">Your devices</h2>
${devices}
</section>
</main>
<footer><p>The same session as JSON: <a href="/session">/session</a>. This page is <code>functions/demo/</code>.</p></footer>`;
}

function notice(sentence: string): Markup {
  return html`<p class="flash">${sentence}</p>`;
}

function flash({ message, category }: Flash): Markup {
  return html`<p class="flash" data-category="${category}">${message}</p>`;
}

function signOut({ name }: User): Markup {
  return html`<form class="row" method="post" action="/demo/sign-out"><button id="sign-out">Sign out</button>
<span>You are signed in as <strong>${name}</strong>.</span></form>`;
}

const signIn = html`<form class="row" method="post" action="/demo/sign-in">
<label>Name <input name="name" id="name" required maxlength="100" autocomplete="username" spellcheck="false"></label>
<button id="sign-in">Sign in</button>
<span class="quiet">Any name will do: it is believed. Whoever gives the same name is the same user.</span></form>`;
