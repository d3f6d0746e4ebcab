import { html, type Markup, type Session } from "lambda-sessions";
import { renderSignInFacts } from "../authentication/sign-in-facts.ts";
import { type Done, findNotice } from "../response/notice.ts";
import { OWN_COST } from "../response/with-cost.ts";
import type { StorageDescription } from "../storage/storage-description.ts";
import { renderEntries } from "./entries-section.ts";
import { renderFirstScreen } from "./first-screen.ts";
import { renderStatus } from "./status.ts";
import { renderCountForm, renderSignOutForm, signInForm } from "./visitor-forms.ts";

/** Values of the page that do not come from the session itself. */
export interface PageParts {
  readonly storage: StorageDescription;
  /** Rendered inspection of the session; `undefined` if the request had no cookie. */
  readonly inspected: Markup | undefined;
  readonly devices: Markup;
  /** Action that led to the page, as named in the query. */
  readonly done: Done | undefined;
  /** Cost of the request that led to the page. */
  readonly lastCost: string | undefined;
}

/** Renders the page's body: the session and its forms, or an introduction for a visitor without a session. */
export function renderBody(session: Session, parts: PageParts): Markup {
  const { storage, done, lastCost } = parts;
  const sentence = done && findNotice(done);
  const isBegun = session.user !== undefined || session.size > 0;
  const notices = sentence ? [{ message: sentence, category: "notice" }] : [];
  return html`${renderStatus([...notices, ...session.flashes()])}
<main>
<header>
<h1 id="top">Hello, ${session.user?.name ?? "visitor"}</h1>
<p>A session follows you from request to request. Here it is kept in <strong>${storage.place}</strong>.</p>
</header>
${isBegun ? renderSession(session, parts) : renderFirstScreen(session, parts)}
<section aria-labelledby="cost"><h2 id="cost">What it cost</h2>
<dl class="cost">${lastCost ? html`<div><dt>Your last change</dt><dd>${lastCost}.</dd></div>` : ""}
<div><dt>This page</dt><dd>${OWN_COST}.</dd></div></dl>
</section>
${isBegun ? html`<section aria-labelledby="devices"><h2 id="devices">Your devices</h2>\n${parts.devices}\n</section>` : ""}
</main>
<footer><p>This page is <code>functions/demo/</code>. <a href="/">Home</a></p></footer>`;
}

function renderSession(session: Session, { inspected }: PageParts): Markup {
  return html`<section aria-labelledby="you"><h2 id="you">You</h2>
${renderCountForm(session)}
${session.user ? [renderSignOutForm(session.user), renderSignInFacts(session)] : signInForm}
</section>
<section aria-labelledby="entries"><h2 id="entries">Your entries</h2>
${renderEntries(session)}
</section>
<section aria-labelledby="cookie"><h2 id="cookie">Your session, inspected</h2>
${inspected ?? ""}
</section>`;
}
