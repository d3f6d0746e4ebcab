import { json } from "../../functions/runtime/responses.ts";
import { withSession } from "../../functions/runtime/session.ts";

/**
 * Functions of the tests' own, for what all functions have in common: `POST /probe` signs in the user whom the query
 * names, or signs out without one; `GET /probe` returns who is signed in.
 */
export const handler = withSession((event, session) => {
  const { user } = event.queryStringParameters ?? {};
  if (event.requestContext.http.method === "POST") {
    if (user === undefined) session.signOut();
    else session.signIn({ id: user, name: user });
  }
  return json({ user: session.user?.id ?? null });
});
