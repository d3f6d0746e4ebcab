import { randomUUID } from "node:crypto";
import type { User } from "../../../../shared/session/user.ts";
import type { BenchSession } from "../sizes.ts";
import { tamper } from "../tamper.ts";
import type { TableContestant, TableSession, Visitor } from "./contestant.ts";

/** One kind of request, with the visitor's actions before it. */
export interface RequestKind {
  readonly name: string;
  /** Prepares the visitor, whose session contains this data. */
  readonly before: (contestant: TableContestant, data: BenchSession) => Promise<Visitor>;
  /** The number of days after which the request is sent. Default: 0. */
  readonly daysLater?: number;
  readonly handle: (session: TableSession, data: BenchSession) => unknown;
}

const read = (session: TableSession): unknown => session.get("visits");
const write = (session: TableSession): unknown =>
  session.set("visits", Number(session.get("visits") ?? 0) + 1);
const signIn = (session: TableSession): unknown => session.signIn(newUser());

/** Reads a value and changes nothing. */
export const READ: RequestKind = { name: "read", before: visitorWith, handle: read };

/** Reads a value in the session of a signed-in user. */
export const SIGNED_IN_READ: RequestKind = { name: "signed-in read", before: signedIn, handle: read };

/** Reads a number and increments it. */
export const WRITE: RequestKind = { name: "write", before: visitorWith, handle: write };

/** Creates a session. */
export const NEW: RequestKind = { name: "new session", before: stranger, handle: setAll };

/** The kinds of requests, in the order of the tables. */
export const REQUEST_KINDS: readonly RequestKind[] = [
  { name: "no cookie", before: stranger, handle: read },
  { name: "forged cookie", before: forger, handle: read },
  { name: "cookie of a session that has ended", before: signedOut, handle: read },
  READ,
  { name: "read, after a tenth of the lifetime", before: visitorWith, daysLater: 4, handle: read },
  WRITE,
  { name: "increment", before: visitorWith, handle: (session) => session.increment("visits") },
  NEW,
  { name: "sign-in", before: visitorWith, handle: signIn },
  { name: "sign-in of a stranger", before: stranger, handle: signIn },
  SIGNED_IN_READ,
  { name: "signed-in write", before: signedIn, handle: write },
  { name: "sign-out", before: signedIn, handle: (session) => session.signOut() },
];

/** Reads a session of a user with the maximum number of sessions, whose record is read with each request. */
export const CROWDED: RequestKind = {
  name: "signed-in read, the user has 50 sessions",
  async before(contestant, data) {
    const user = newUser();
    for (let others = 0; others < 49; others++) await signedIn(contestant, data, user);
    return signedIn(contestant, data, user);
  },
  handle: read,
};

/** Returns a visitor without a session. */
export async function stranger(): Promise<Visitor> {
  return {};
}

/** Returns a visitor whose session contains this data. */
export async function visitorWith(contestant: TableContestant, data: object): Promise<Visitor> {
  const visitor: Visitor = {};
  await contestant.request(visitor, (session) => setAll(session, data));
  return visitor;
}

/** Returns a signed-in visitor whose session contains this data. Default: a user without other sessions. */
export async function signedIn(
  contestant: TableContestant,
  data: object,
  user: User = newUser(),
): Promise<Visitor> {
  const visitor: Visitor = {};
  await contestant.request(visitor, async (session) => {
    await session.signIn(user);
    setAll(session, data);
  });
  return visitor;
}

function setAll(session: TableSession, data: object): void {
  for (const [key, value] of Object.entries(data)) session.set(key, value);
}

function newUser(): User {
  return { id: `${randomUUID()}@example.com`, name: "Ada" };
}

async function forger(contestant: TableContestant, data: object): Promise<Visitor> {
  const { cookie = "" } = await visitorWith(contestant, data);
  return { cookie: tamper(cookie) };
}

async function signedOut(contestant: TableContestant, data: object): Promise<Visitor> {
  const visitor = await signedIn(contestant, data);
  const { cookie } = visitor;
  await contestant.request(visitor, (session) => session.signOut());
  return { cookie };
}
