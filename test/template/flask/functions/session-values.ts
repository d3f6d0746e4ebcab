import { sessionInterface } from "#session-interface";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { fromNeutral, toNeutral } from "../../../support/flask-values.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test stores every type there is
const withSession = createWithSession<Record<string, any>>({ sessionInterface });

/** `ANY /values`: a POST stores what it is sent, PUT saves the session again as it is, and all show what it holds. */
export const handler = withSession(({ requestContext: { http }, body }, session) => {
  if (http.method === "POST") {
    const values = fromNeutral(JSON.parse(body ?? "")) as Record<string, unknown>;
    for (const [key, value] of Object.entries(values)) session.set(key, value);
  }
  if (http.method === "PUT") session.renew();
  return { statusCode: 200, body: JSON.stringify(toNeutral(session.toJSON())) };
});
