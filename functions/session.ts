import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /session`: shows the session's data, size, creation and expiry, and never its token. */
export const handler = withSession((_event, session) =>
  json({
    user: session.user ?? null,
    data: session,
    permanent: session.permanent,
    createdAt: session.createdAt ?? null,
    expiresAt: session.expiresAt ?? null,
    bytes: session.storedBytes,
  }),
);
