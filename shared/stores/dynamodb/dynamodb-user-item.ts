import { isDeepStrictEqual } from "node:util";
import type { UserRecord, UserSession } from "../session-record.ts";
import {
  type Attribute,
  type FoundAttribute,
  type FoundItem,
  isComplete,
  numberAttribute,
  numberOf,
  textAttribute,
} from "./dynamodb-attribute.ts";

/** How long DynamoDB keeps a user's item after the last session has expired, in seconds. */
const SLACK = 24 * 60 * 60;

/** What stands before a user's key in `pk`. */
export function userItemKey(userKey: string): string {
  return `user#${userKey}`;
}

/** The `ttl` that an item needs for a session. */
export function timeToLive({ expiresAt }: Pick<UserSession, "expiresAt">): { readonly N: string } {
  return { N: String(expiresAt + SLACK) };
}

/** One session in the map of a user's sessions. */
export function memberAttribute({
  createdAt,
  lastSeenAt,
  expiresAt,
  userAgent,
  address,
}: UserSession): Attribute {
  return {
    M: {
      began: numberAttribute(createdAt),
      seen: numberAttribute(lastSeenAt),
      expires: numberAttribute(expiresAt),
      ...(userAgent !== undefined && { agent: textAttribute(userAgent) }),
      ...(address !== undefined && { address: textAttribute(address) }),
    },
  };
}

/** What an item says of its user; nothing for no item, and for one that cannot be read. */
export function userOf(item: FoundItem | undefined): UserRecord | undefined {
  const generation = numberOf(item?.generation);
  const members = item?.sessions?.M;
  if (generation === undefined || members === undefined || !isGeneration(generation)) return undefined;
  const sessions = new Map<string, UserSession>();
  for (const id of Object.keys(members)) {
    const session = sessionOf(members[id]);
    if (session !== undefined) sessions.set(id, session);
  }
  return { generation, sessions };
}

/** Generations begin with 1, and are counted exactly. */
export const GENERATIONS = { least: 1, most: Number.MAX_SAFE_INTEGER - 1 } as const;

function isGeneration(generation: number): boolean {
  return generation >= GENERATIONS.least && generation <= GENERATIONS.most;
}

/** Whether a session is there and says the same as another. */
export function isSameSession(found: UserSession | undefined, session: UserSession): boolean {
  return found !== undefined && isDeepStrictEqual(memberAttribute(found), memberAttribute(session));
}

/** A session that cannot be read is none of the user's. */
function sessionOf(attribute: FoundAttribute | undefined): UserSession | undefined {
  const map = attribute?.M;
  const times = {
    createdAt: numberOf(map?.began),
    lastSeenAt: numberOf(map?.seen),
    expiresAt: numberOf(map?.expires),
  };
  const userAgent = map?.agent?.S;
  const address = map?.address?.S;
  if (!isComplete(times)) return undefined;
  return {
    ...times,
    ...(userAgent !== undefined && { userAgent }),
    ...(address !== undefined && { address }),
  };
}
