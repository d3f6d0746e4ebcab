import { Markup } from "lambda-sessions";
import { storage } from "#demo-storage";
import { inspection } from "./inspection/inspection.ts";
import { cookiesOf } from "./inspection/session-cookie.ts";
import { body } from "./page/body.ts";
import { enhance } from "./page/enhance.ts";
import { asset, htmlPage } from "./page/html-page.ts";
import { css } from "./page/style.ts";
import { asPage } from "./response/as-page.ts";
import { costText, readCost } from "./response/cost.ts";
import { readDone } from "./response/notice.ts";
import { withAnySession } from "./with-any-session.ts";

const style = asset(css);
const script = asset(new Markup(`(${enhance})()`));

/** `GET /demo`: shows a session at work. */
export const handler = asPage(
  withAnySession(async (event, session) => {
    const query = event.queryStringParameters;
    const [done, cost] = [readDone(query), readCost(query)];
    // Before the flashes are taken out of the session, so that they are inspected, too.
    const inspected = inspection(session, {
      cookies: cookiesOf(event),
      isFlipped: done === "flipped",
      storage,
    });
    const devices = await storage.devices(session);
    const parts = { storage, inspected, devices, done, lastCost: cost && costText(cost) };
    return htmlPage({ title: "A session at work", style, script, body: body(session, parts) });
  }),
);
