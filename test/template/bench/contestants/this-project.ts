import { SecureCookieSessionInterface } from "../../../../shared/cookie/secure-cookie-session-interface.ts";
import type { Session } from "../../../../shared/session/session.ts";
import type { SessionRequest } from "../../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../../shared/session/session-settings.ts";
import { type Contestant, cookieHeader } from "./contestant.ts";
import { SECRET } from "./secret.ts";

/**
 * Returns this project with its session interface: opens, uses and saves. Records are created, but not
 * written.
 */
export function projectContestant(name: string, settings: SessionSettings = {}): Contestant {
  const sessions = new SecureCookieSessionInterface({ keys: [SECRET], settings, log: () => {} });
  const open = (request: SessionRequest) => sessions.open(request);
  const save = async (session: Session, request: SessionRequest) => [
    (await sessions.save(session, request)).setCookie ?? "",
  ];
  return {
    name,
    async issue(values) {
      const request = requestWith(undefined);
      const session = await open(request);
      for (const [key, value] of Object.entries(values)) session.set(key as never, value as never);
      return cookieHeader(await save(session, request));
    },
    async read(cookie, key) {
      const request = requestWith(cookie);
      const session = await open(request);
      const value = session.get(key);
      await sessions.save(session, request);
      return value;
    },
    async change(cookie) {
      const request = requestWith(cookie);
      const session = await open(request);
      const visits = (session.get("visits") ?? 0) + 1;
      session.set("visits", visits);
      return { visits, cookies: await save(session, request) };
    },
  };
}

function requestWith(cookie: string | undefined): SessionRequest {
  const cookies = cookie === undefined ? [] : [cookie];
  return { method: "GET", path: "/", cookies, header: () => undefined };
}
