import { html, type Markup, type Session } from "lambda-sessions";
import type { PageParts } from "./body.ts";
import { renderCountForm, signInForm } from "./visitor-forms.ts";

/**
 * Renders the page for a visitor without a session: two ways to begin one, and a preview of the page. If a
 * cookie was refused, the refusal replaces the preview.
 */
export function renderFirstScreen(session: Session, { inspected, storage }: PageParts): Markup {
  const hasCookie = inspected !== undefined && session.isNew;
  return html`${hasCookie ? renderRefusalSection(inspected) : ""}<section aria-labelledby="begin"><h2 id="begin">Begin a session</h2>
<p><strong>You have no session.</strong> ${hasCookie ? REPLACE : BEGIN}</p>
${renderCountForm(session)}
${signInForm}
</section>
${hasCookie ? "" : renderPreview(storage.devicesPreview)}`;
}

function renderRefusalSection(inspected: Markup): Markup {
  return html`<section aria-labelledby="cookie"><h2 id="cookie">Your session, inspected</h2>\n${inspected}\n</section>\n`;
}

const BEGIN = `Looking at this page begins none, so your browser keeps no cookie for it. A session begins with the
first thing that is worth keeping: count a visit, or sign in.`;

const REPLACE = "Count a visit, or sign in, and a new one begins in the place of this cookie.";

function renderPreview(devices: string): Markup {
  return html`<section aria-labelledby="preview"><h2 id="preview">What you will see here</h2>
<dl class="preview">
<div><dt>Your entries</dt><dd>Text, numbers, dates and lists under names of your own.</dd></div>
<div><dt>Your session, inspected</dt><dd>Its cookie cut into parts, the space that each entry takes, and a button that flips
one bit, as a forger would.</dd></div>
<div><dt>What it cost</dt><dd>What became of the cookie, and each call to the database.</dd></div>
<div><dt>Your devices</dt><dd>${devices}</dd></div>
</dl>
</section>`;
}
