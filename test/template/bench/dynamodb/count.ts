import { type Size, sessionOf } from "../sizes.ts";
import type { CountedCall } from "./calls.ts";
import type { MakeContestant } from "./contestant.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestKind } from "./requests.ts";

const DAY = 24 * 60 * 60 * 1000;

/** The calls that one request of a kind makes. */
export type Count = (kind: RequestKind, size: Size) => Promise<readonly CountedCall[]>;

/** Counts the calls of a contestant that has answered requests before. */
export function counting(make: MakeContestant, endpoint: Endpoint): Count {
  let daysLater = 0;
  const contestant = make(() => Date.now() + daysLater * DAY);
  return async (kind, size) => {
    daysLater = 0;
    const data = sessionOf(size);
    const visitor = await kind.before(contestant, data);
    // The contestant's first request may be this one, and connect-dynamodb looks at the table then.
    await contestant.request({}, (session) => session.get("visits"));
    daysLater = kind.daysLater ?? 0;
    await endpoint.take();
    await contestant.request(visitor, (session) => kind.handle(session, data));
    return endpoint.take();
  };
}
