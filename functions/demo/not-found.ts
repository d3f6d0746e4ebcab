import { text } from "../runtime/responses.ts";
import { withErrorPage } from "./page/with-error-page.ts";

/** What no other route answers. It has no session, and so neither keys nor a table. */
export const handler = withErrorPage(async () => text("There is no such page.\n", 404));
