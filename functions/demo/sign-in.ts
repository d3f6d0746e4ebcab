import { handler as original } from "../sign-in.ts";
import { asPage } from "./page/as-page.ts";

/** `POST /sign-in` for the page. */
export const handler = asPage(original);
