import { type Size, sessionOf } from "../sizes.ts";
import type { CountedCall } from "./calls.ts";
import type { MakeContestant } from "./contestant.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestKind } from "./requests.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Returns the calls that one request of a kind makes. */
export type Count = (kind: RequestKind, size: Size) => Promise<readonly CountedCall[]>;

/** Returns a function that counts the calls of a contestant after its first request. */
export function counting(make: MakeContestant, endpoint: Endpoint): Count {
  let daysLater = 0;
  const contestant = make(() => Date.now() + daysLater * DAY);
  return async (kind, size) => {
    daysLater = 0;
    const data = sessionOf(size);
    const visitor = await kind.before(contestant, data);
    // Makes a first request, because connect-dynamodb describes the table in it.
    await contestant.request({}, (session) => session.get("visits"));
    daysLater = kind.daysLater ?? 0;
    await endpoint.take();
    await contestant.request(visitor, (session) => kind.handle(session, data));
    return endpoint.take();
  };
}
