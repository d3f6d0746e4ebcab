import { handler as original } from "../sign-out.ts";
import { asPage } from "./page/as-page.ts";

/** `POST /sign-out` for the page. */
export const handler = asPage(original);
