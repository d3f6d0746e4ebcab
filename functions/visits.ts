import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /visits`: counts this visitor's visits. */
export const handler = withSession(async (_event, session) =>
  json({ visits: await session.increment("visits") }),
);
