import { html } from "../../../runtime/html.ts";
import { isSealing } from "../session-cookie.ts";
import { cutSignedCookie } from "../signed-cookie.ts";
import type { Storage } from "../storage.ts";

const noDevices = html`<p>The cookie is all there is: no list of sessions is kept anywhere, so none can be shown or ended
from afar. Start the project with <code>npm start -- -c store=dynamodb</code>, or with
<code>-c revocation=true</code>, and your sessions are listed here.</p>`;

/** Sessions in cookies. */
export const storage: Storage = {
  place: isSealing ? "an encrypted cookie" : "a signed cookie",
  record: "cookie",
  limit: 4096,
  cut: (cookie, session) => cutSignedCookie(cookie, !session.isNew),
  devices: async () => noDevices,
};
