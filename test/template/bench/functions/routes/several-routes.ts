import { json } from "../../../../../functions/runtime/responses.ts";
import { withSession } from "../../../../../functions/runtime/session.ts";

/** Eight routes in one function, which chooses by the route key. All of them count the visitor's visits. */
export const handler = withSession(async (event, session) => {
  switch (event.routeKey.replace("HEAD", "GET")) {
    case "GET /visits":
    case "POST /visits":
      return json({ visits: await session.increment("visits") });
    case "GET /notes":
    case "POST /notes":
      return json({ notes: await session.increment("visits") });
    case "GET /notes/{id}":
    case "PUT /notes/{id}":
    case "DELETE /notes/{id}":
      return json({ note: event.pathParameters?.id, visits: await session.increment("visits") });
    case "GET /about":
      return json({ about: await session.increment("visits") });
    default:
      throw new Error(`no code serves the route ${event.routeKey}`);
  }
});
