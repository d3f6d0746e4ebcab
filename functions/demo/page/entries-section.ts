import { html, type Markup, type Session } from "lambda-sessions";
import { VALUE_TYPES } from "./typed-value.ts";
import { renderValue, toTypeName } from "./value-markup.ts";

/** Maximum number of entries that are shown. */
const MOST_ROWS = 100;

/** Renders the entries of the session, and the forms that save and delete them. */
export function renderEntries(session: Session): Markup {
  return html`${session.size === 0 ? html`<p>Your session holds no entries yet.</p>` : renderTable(session)}
<form class="fields" method="post" action="/demo/entries">
<label>Name <input name="name" id="entry-name" required maxlength="100" autocomplete="off" spellcheck="false"></label>
<label>Type <select name="type" id="entry-type">${VALUE_TYPES.map((type) => html`<option>${type}</option>`)}</select></label>
<label class="wide">Value <textarea name="value" id="entry-value" rows="2" aria-describedby="value-hint"></textarea></label>
<p class="quiet wide" id="value-hint">A number such as 42 or -3.5; a date such as 2026-11-26; a list with one item in each line.</p>
<button id="entry-save">Save the entry</button>
</form>`;
}

function renderTable(session: Session): Markup {
  const more = session.size - MOST_ROWS;
  return html`<table><caption>What the session holds</caption>
<thead><tr><th scope="col">Entry</th><th scope="col">Value</th><td></td></tr></thead>
<tbody>${session.entries().slice(0, MOST_ROWS).map(renderRow)}</tbody></table>
${more > 0 ? html`<p>And ${more} more.</p>` : ""}`;
}

function renderRow([name, value]: [string, unknown]): Markup {
  return html`<tr><th scope="row">${name} <span class="type">${toTypeName(value)}</span></th><td class="value">${renderValue(value)}</td>
<td><form method="post" action="/demo/entries"><input type="hidden" name="name" value="${name}">
<button name="action" value="delete" aria-label="Delete ${name}">Delete</button></form></td></tr>`;
}
