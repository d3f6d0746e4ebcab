import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./page/as-page.ts";

/** `POST /visits`: counts one more visit, and leads back to the page. */
export const handler = asPage(
  withSession(async (_event, session) => {
    await session.increment("visits");
    return seeOther("/");
  }),
);
