import { html } from "lambda-sessions";
import { MOST_COOKIE_BYTES } from "lambda-sessions/cookie";
import { isSealing } from "../inspection/session-cookie.ts";
import { cutSignedCookie } from "../inspection/signed-cookie.ts";
import type { StorageDescription } from "./storage-description.ts";

const noDevices = html`<p>The cookie is all there is: no list of sessions is kept anywhere, so none can be shown or ended
from afar. Start the project with <code>npm start -- -c storage=dynamodb</code>, or with
<code>-c storage=revocable-cookie</code>, and your sessions are listed here.</p>`;

/** Describes `storage=cookie` on the page. */
export const storage: StorageDescription = {
  place: isSealing ? "an encrypted cookie" : "a signed cookie",
  record: "cookie",
  limit: MOST_COOKIE_BYTES,
  rest: "the cookie’s name, and what base64 and signing or sealing add, less what compression saves",
  isInCookie: true,
  cut: (cookie, session) => cutSignedCookie(cookie, !session.isNew),
  devicesPreview: "How to have your sessions on all devices listed, and end them from afar.",
  renderDevices: async () => noDevices,
};
