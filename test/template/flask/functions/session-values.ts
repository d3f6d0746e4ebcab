import { sessionInterface } from "#session-interface";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { fromNeutral, toNeutral } from "../../../support/flask-values.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test stores every type there is
const withSession = createWithSession<Record<string, any>>({ sessionInterface });

/**
 * Handles `ANY /values`: POST stores its body, PUT saves the session again unchanged, and all return its
 * data.
 */
export const handler = withSession(({ requestContext: { http }, body }, session) => {
  if (http.method === "POST") {
    const values = fromNeutral(JSON.parse(body ?? "")) as Record<string, unknown>;
    for (const [key, value] of Object.entries(values)) session.set(key, value);
  }
  if (http.method === "PUT") session.renew();
  return { statusCode: 200, body: JSON.stringify(toNeutral(session.toJSON())) };
});
