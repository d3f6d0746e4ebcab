import type { Flash, Markup, Session } from "lambda-sessions";
import { html } from "../../runtime/html.ts";
import { type Done, noticeOf } from "../response/notice.ts";
import { OWN_COST } from "../response/with-cost.ts";
import type { StorageDescription } from "../storage/storage-description.ts";
import { entriesSection } from "./entries-section.ts";
import { firstScreen } from "./first-screen.ts";
import { countForm, signInForm, signOutForm } from "./visitor-forms.ts";

/** The parts of the page that the session alone does not tell. */
export interface PageParts {
  readonly storage: StorageDescription;
  /** The session seen from inside; `undefined` if no cookie came. */
  readonly inspected: Markup | undefined;
  readonly devices: Markup;
  /** The word in the query for what was done. */
  readonly done: Done | undefined;
  /** The cost of the change that led to the page. */
  readonly lastCost: string | undefined;
}

/** Returns the page's body: the session and its forms, or an introduction where the visitor has no session. */
export function body(session: Session, parts: PageParts): Markup {
  const { storage, done, lastCost } = parts;
  const sentence = done && noticeOf(done);
  const isBegun = session.user !== undefined || session.size > 0;
  return html`<div id="status" role="status">${sentence ? notice(sentence) : ""}${session.flashes().map(flash)}</div>
<main>
<header>
<h1 id="top">Hello, ${session.user?.name ?? "visitor"}</h1>
<p>A session follows you from request to request. Here it is kept in <strong>${storage.place}</strong>.</p>
</header>
${isBegun ? begun(session, parts) : firstScreen(session, parts)}
<section aria-labelledby="cost"><h2 id="cost">What it cost</h2>
<dl class="cost">${lastCost ? html`<div><dt>Your last change</dt><dd>${lastCost}.</dd></div>` : ""}
<div><dt>This page</dt><dd>${OWN_COST}.</dd></div></dl>
</section>
${isBegun ? html`<section aria-labelledby="devices"><h2 id="devices">Your devices</h2>\n${parts.devices}\n</section>` : ""}
</main>
<footer><p>This page is <code>functions/demo/</code>. <a href="/">Home</a></p></footer>`;
}

function begun(session: Session, { inspected }: PageParts): Markup {
  return html`<section aria-labelledby="you"><h2 id="you">You</h2>
${countForm(session)}
${session.user ? signOutForm(session.user) : signInForm}
</section>
<section aria-labelledby="entries"><h2 id="entries">Your entries</h2>
${entriesSection(session)}
</section>
<section aria-labelledby="cookie"><h2 id="cookie">Your session, inspected</h2>
${inspected ?? ""}
</section>`;
}

function notice(sentence: string): Markup {
  return html`<p class="flash">${sentence}</p>`;
}

function flash({ message, category }: Flash): Markup {
  return html`<p class="flash" data-category="${category}">${message}</p>`;
}
