import { sessionOf } from "../sizes.ts";
import type { TableContestant, TableSession, Visitor } from "./contestant.ts";
import { signedIn } from "./requests.ts";

/** Parallel requests of one session, and a count of what went wrong. */
export interface Trial {
  readonly name: string;
  /** The maximum count. */
  readonly most: number;
  /** Runs the trial once and returns the count. */
  readonly run: (contestant: TableContestant) => Promise<number>;
}

/** A change that parallel requests make, and a count of the changes that were kept. */
interface Change {
  readonly name: string;
  readonly change: (session: TableSession, index: number) => unknown;
  /** Returns the number of changes in the session. */
  readonly count: (session: TableSession) => number;
}

const REQUESTS = 10;
const INDEXES = Array.from({ length: REQUESTS }, (_, index) => index);

const CHANGES: readonly Change[] = [
  {
    name: "`set`, each another key",
    change: (session, index) => session.set(`key${index}`, index),
    count: (session) => INDEXES.filter((index) => session.get(`key${index}`) === index).length,
  },
  {
    name: "`increment` of one number",
    change: (session) => session.increment("clicks"),
    count: (session) => session.get("clicks"),
  },
  {
    name: "`update` that adds to one list",
    change: (session, index) => session.update("list", (list) => [...((list as number[]) ?? []), index]),
    count: (session) => session.get("list").length,
  },
];

const change = (session: TableSession): unknown => session.set("late", true);
const read = (session: TableSession): unknown => session.get("visits");
const signOut = (session: TableSession): unknown => session.signOut();

/** Trials that count lost updates. */
export const UPDATES: readonly Trial[] = CHANGES.map((changes) => ({
  name: changes.name,
  most: REQUESTS,
  run: (contestant) => lost(contestant, changes),
}));

/** Trials that count sessions that came back after signing out. */
export const SIGN_OUTS: readonly Trial[] = [
  {
    name: "sign-out, then slower requests save a change",
    most: 1,
    run: (contestant) => late(contestant, change),
  },
  {
    name: "sign-out, then slower requests that only read end",
    most: 1,
    run: (contestant) => late(contestant, read),
  },
  { name: "sign-out while others save a change", most: 1, run: raced },
];

async function lost(contestant: TableContestant, { change, count }: Change): Promise<number> {
  const { cookie } = await visitorOf(contestant);
  await Promise.all(
    INDEXES.map((index) => contestant.request({ cookie }, (session) => change(session, index))),
  );
  return REQUESTS - (await contestant.request({ cookie }, count));
}

/** Runs slower requests that read the session before the sign-out and are saved after it. */
async function late(
  contestant: TableContestant,
  handle: (session: TableSession) => unknown,
): Promise<number> {
  const { cookie } = await visitorOf(contestant);
  const signedOut = Promise.withResolvers<void>();
  const opened = INDEXES.map(() => Promise.withResolvers<void>());
  const slower = opened.map(({ resolve }) =>
    contestant.request({ cookie }, async (session) => {
      resolve();
      await signedOut.promise;
      return handle(session);
    }),
  );
  await Promise.all(opened.map(({ promise }) => promise));
  await contestant.request({ cookie }, signOut);
  signedOut.resolve();
  await Promise.allSettled(slower);
  return isThere(contestant, { cookie });
}

async function raced(contestant: TableContestant): Promise<number> {
  const { cookie } = await visitorOf(contestant);
  const handles = INDEXES.map((index) => (index === REQUESTS >> 1 ? signOut : change));
  await Promise.allSettled(handles.map((handle) => contestant.request({ cookie }, handle)));
  return isThere(contestant, { cookie });
}

function visitorOf(contestant: TableContestant): Promise<Visitor> {
  return signedIn(contestant, sessionOf("S"));
}

/** Returns 1 when the visitor has a session, otherwise 0. */
async function isThere(contestant: TableContestant, visitor: Visitor): Promise<number> {
  const found = await contestant.request(visitor, (session) => session.user ?? session.get("visits"));
  return found === undefined ? 0 : 1;
}
