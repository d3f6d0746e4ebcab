import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import type { SessionRequest } from "../../../../shared/session/session-interface.ts";
import { DynamoDBStore } from "../../../../shared/stores/dynamodb/dynamodb-store.ts";
import { SECRET } from "../contestants/secret.ts";
import { TABLE_NAME } from "./calls.ts";
import { type MakeContestant, receiveCookie, type TableSession } from "./contestant.ts";

/** Returns this project with its session interface. Records are created, but not written. */
export const thisProject: MakeContestant = (clock) => {
  const store = new DynamoDBStore({ tableName: TABLE_NAME });
  const sessions = new ServerSideSessionInterface({
    store,
    keys: [SECRET],
    log: () => {},
    ...(clock && { clock }),
  });
  return {
    name: "**this project**",
    async request(visitor, handle) {
      const request = requestWith(visitor.cookie);
      const session = await sessions.open(request);
      const value = await handle(session as TableSession);
      const { setCookie } = await sessions.save(session, request);
      receiveCookie(visitor, setCookie);
      return value;
    },
  };
};

const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

function requestWith(cookie: string | undefined): SessionRequest {
  return {
    method: "GET",
    path: "/",
    cookies: cookie === undefined ? [] : [cookie],
    header: (name) => (name === "user-agent" ? USER_AGENT : undefined),
    address: "192.0.2.1",
  };
}
