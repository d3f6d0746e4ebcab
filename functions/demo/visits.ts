import { seeOther } from "../runtime/responses.ts";
import { asPage } from "./response/as-page.ts";
import { withAnySession } from "./with-any-session.ts";

/** `POST /demo/visits`: counts one more visit, and redirects to the page. */
export const handler = asPage(
  withAnySession(async (_event, session) => {
    await session.increment("visits");
    return seeOther("/demo");
  }),
);
