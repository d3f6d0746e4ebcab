import { SecureCookieSessionInterface } from "../../../../shared/cookie/secure-cookie-session-interface.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { SECRET } from "../contestants/secret.ts";

const withSession = createWithSession<{ visits: number }>({
  sessionInterface: new SecureCookieSessionInterface({ keys: [SECRET] }),
});

/** The session layer with a key in the code, as the peers have it. */
export const handler = withSession((_event, session) => {
  const visits = (session.get("visits") ?? 0) + 1;
  session.set("visits", visits);
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ visits }),
  };
});
