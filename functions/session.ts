import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /session`: shows the data of the session, its beginning, its end and its size. Never its token. */
export const handler = withSession((_event, session) =>
  json({
    user: session.user ?? null,
    data: session,
    permanent: session.permanent,
    began: session.createdAt ?? null,
    ends: session.expiresAt ?? null,
    bytes: session.storedBytes,
  }),
);
