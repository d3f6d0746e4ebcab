import type { FlaskCookie } from "../floor/flask-cookie.ts";
import type { BenchSession } from "../sizes.ts";
import { type Contestant, cookieHeader } from "./contestant.ts";

/** Returns a floor as a contestant. */
export function floorContestant(name: string, cookie: FlaskCookie<BenchSession>): Contestant {
  return {
    name,
    issue: (session) => cookieHeader([cookie.write(session)]),
    read: (header, key) => cookie.read(header)?.[key],
    change(header) {
      const session = cookie.read(header) ?? ({ visits: 0 } as BenchSession);
      session.visits++;
      return { visits: session.visits, cookies: [cookie.write(session)] };
    },
  };
}
