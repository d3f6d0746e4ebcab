import { json } from "../../functions/runtime/responses.ts";
import { withSession } from "../../functions/runtime/session.ts";

/**
 * Handlers for tests of what all functions share: `POST /probe` signs in the user that the query names, or
 * signs out without one; `GET /probe` returns the signed-in user.
 */
export const handler = withSession((event, session) => {
  const { user } = event.queryStringParameters ?? {};
  if (event.requestContext.http.method === "POST") {
    if (user === undefined) session.signOut();
    else session.signIn({ id: user, name: user });
  }
  return json({ user: session.user?.id ?? null });
});
