import { html, type Markup, type Session } from "lambda-sessions";
import { MOST_COOKIE_BYTES } from "lambda-sessions/cookie";
import { measureEntry } from "../page/value-markup.ts";
import type { StorageDescription } from "../storage/storage-description.ts";
import { cookie } from "./session-cookie.ts";

/** Number of bytes that one entry takes in the session. */
interface Size {
  readonly name: string | Markup;
  readonly bytes: number;
}

/** Maximum number of entries that are listed. */
const MOST_ENTRIES = 100;

/**
 * Renders the size of the session, by entry. Call it before flashes are read, so that they are counted too.
 */
export function renderSizes(session: Session, value: string, storage: StorageDescription): Markup {
  const { record, limit, rest, isInCookie } = storage;
  const shares = measureShares(session);
  return html`<h3>Size</h3>
${renderMeter(`The ${record}`, session.storedBytes, limit)}
${isInCookie ? "" : renderMeter("The cookie", cookie.name.length + value.length, MOST_COOKIE_BYTES)}
<table><caption>Bytes by entry, as JSON</caption>
<thead><tr><th scope="col">Entry</th><td></td><th scope="col" class="number">Bytes</th></tr></thead>
<tbody>${shares.map((share) => renderRow(share, session.storedBytes))}</tbody></table>
<p class="quiet">The rest is what the session keeps for itself, such as the user and its age, and ${rest}.</p>`;
}

/** Returns the sizes of the largest entries, and of everything else together. */
function measureShares(session: Session): Size[] {
  const entries = session.entries().map(([name, stored]) => ({
    name,
    bytes: measureEntry(name, stored),
  }));
  const largest = entries.sort((one, other) => other.bytes - one.bytes).slice(0, MOST_ENTRIES);
  const told = largest.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...largest, { name: html`<em>the rest</em>`, bytes: session.storedBytes - told }];
}

function renderMeter(what: string, bytes: number, limit: number): Markup {
  const told = `${bytes.toLocaleString("en")} of ${limit.toLocaleString("en")} bytes`;
  return html`<p class="meter"><span>${what}: ${told}</span>
<meter min="0" max="${limit}" value="${bytes}" aria-label="${what}">${told}</meter></p>`;
}

/**
 * Renders one row. The last one may be negative, because compression makes the session smaller than its
 * entries.
 */
function renderRow({ name, bytes }: Size, total: number): Markup {
  const width = (Math.max(bytes, 0) / total) * 100;
  return html`<tr><th scope="row">${name}</th>
<td class="bar"><svg aria-hidden="true" width="100%" height="10"><rect width="${width.toFixed(1)}%" height="10" rx="3"/></svg></td>
<td class="number">${bytes.toLocaleString("en")}</td></tr>`;
}
