import { Markup } from "lambda-sessions";
import { storage } from "#demo-storage";
import { renderInspection } from "./inspection/inspection.ts";
import { readCookies } from "./inspection/session-cookie.ts";
import { renderBody } from "./page/body.ts";
import { enhance } from "./page/enhance.ts";
import { createAsset, respondWithPage } from "./page/html-page.ts";
import { css } from "./page/style.ts";
import { asPage } from "./response/as-page.ts";
import { formatCost, readCost } from "./response/cost.ts";
import { readDone } from "./response/notice.ts";
import { withAnySession } from "./with-any-session.ts";

const style = createAsset(css);
const script = createAsset(new Markup(`(${enhance})()`));

/** `GET /demo`: shows the visitor's session, and forms that change it. */
export const handler = asPage(
  withAnySession(async (event, session) => {
    const query = event.queryStringParameters;
    const [done, cost] = [readDone(query), readCost(query)];
    // The inspection counts flashes too, so it comes before they are read.
    const inspected = renderInspection(session, {
      cookies: readCookies(event),
      isFlipped: done === "flipped",
      storage,
    });
    const devices = await storage.renderDevices(session);
    const parts = { storage, inspected, devices, done, lastCost: cost && formatCost(cost) };
    return respondWithPage({ title: "A session at work", style, script, body: renderBody(session, parts) });
  }),
);
