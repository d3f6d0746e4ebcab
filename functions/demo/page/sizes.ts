import type { Session } from "../../../shared/session/session.ts";
import type { Markup } from "../../../shared/session/types/markup.ts";
import { html } from "../../runtime/html.ts";
import { cookie } from "./session-cookie.ts";
import type { Storage } from "./storage.ts";
import { sizeOf } from "./value-markup.ts";

/** How much one thing takes of what a session may take. */
interface Size {
  readonly name: string;
  readonly bytes: number;
}

const MOST_COOKIE_BYTES = 4096;

/** What the session takes, by key. To be called before the flashes are taken out of it. */
export function sizes(session: Session, value: string | undefined, { record, limit }: Storage): Markup {
  const keys = Object.entries(session.look().values).map(([name, stored]) => ({
    name,
    bytes: sizeOf(name, stored),
  }));
  const rest = session.storedBytes - keys.reduce((sum, { bytes }) => sum + bytes, 0);
  const shares = [...keys.sort((one, other) => other.bytes - one.bytes), { name: "the rest", bytes: rest }];
  return html`<h3>Size</h3>
${meter(`The ${record}`, session.storedBytes, limit)}
${limit === MOST_COOKIE_BYTES ? "" : meter("The cookie", cookie.name.length + (value?.length ?? 0), MOST_COOKIE_BYTES)}
<table><caption>Bytes by key, as JSON</caption>
<thead><tr><th scope="col">Key</th><td></td><th scope="col" class="number">Bytes</th></tr></thead>
<tbody>${shares.map((share) => row(share, session.storedBytes))}</tbody></table>
<p class="quiet">Keys that begin with an underscore are the session’s own. The rest is ${REST[record as keyof typeof REST]}.</p>`;
}

const REST = {
  cookie:
    "the cookie’s name, its timestamp and signature, and what base64 or the seal adds, less what compression saves",
  "item in the table": "hashes, times and the names of the attributes",
};

function meter(what: string, bytes: number, limit: number): Markup {
  const told = `${bytes.toLocaleString("en")} of ${limit.toLocaleString("en")} bytes`;
  return html`<p class="meter"><span>${what}: ${told}</span>
<meter min="0" max="${limit}" value="${bytes}" aria-label="${what}">${told}</meter></p>`;
}

/** What compression saves makes the rest negative. */
function row({ name, bytes }: Size, total: number): Markup {
  const width = (Math.max(bytes, 0) / total) * 100;
  return html`<tr><th scope="row">${name}</th>
<td class="bar"><svg aria-hidden="true" width="100%" height="10"><rect width="${width.toFixed(1)}%" height="10" rx="3"/></svg></td>
<td class="number">${bytes.toLocaleString("en")}</td></tr>`;
}
