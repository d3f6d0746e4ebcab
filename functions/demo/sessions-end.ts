import { handler as original } from "../sessions-end.ts";
import { asPage } from "./page/as-page.ts";

/** `POST /sessions/end` for the page. */
export const handler = asPage(original);
