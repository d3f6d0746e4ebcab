import { isDeepStrictEqual } from "node:util";
import type { UserRecord, UserSession } from "../session-record.ts";
import {
  type Attribute,
  type FoundAttribute,
  type FoundItem,
  isComplete,
  parseNumber,
  toNumberAttribute,
  toStringAttribute,
} from "./dynamodb-attribute.ts";

/** Time for which DynamoDB keeps a user's item after the last session has expired, in seconds. */
const TTL_MARGIN = 24 * 60 * 60;

/** Returns the key `pk` of a user's item. */
export function toUserPk(userKey: string): string {
  return `user#${userKey}`;
}

/** Returns the `ttl` that a user's item needs for a session. */
export function toTtl({ expiresAt }: Pick<UserSession, "expiresAt">): { readonly N: string } {
  return { N: String(expiresAt + TTL_MARGIN) };
}

/** Returns one session for the map of a user's sessions. */
export function toMemberAttribute({
  createdAt,
  lastSeenAt,
  expiresAt,
  userAgent,
  address,
  providerSession,
}: UserSession): Attribute {
  return {
    M: {
      began: toNumberAttribute(createdAt),
      seen: toNumberAttribute(lastSeenAt),
      expires: toNumberAttribute(expiresAt),
      ...(userAgent !== undefined && { agent: toStringAttribute(userAgent) }),
      ...(address !== undefined && { address: toStringAttribute(address) }),
      ...(providerSession !== undefined && { provider: toStringAttribute(providerSession) }),
    },
  };
}

/** Returns the user in an item, or `undefined` if there is no item or it cannot be parsed. */
export function parseUserItem(item: FoundItem | undefined): UserRecord | undefined {
  const generation = parseNumber(item?.generation);
  const members = item?.sessions?.M;
  if (generation === undefined || members === undefined || !isGeneration(generation)) return undefined;
  const sessions = new Map<string, UserSession>();
  for (const id of Object.keys(members)) {
    const session = parseMember(members[id]);
    if (session !== undefined) sessions.set(id, session);
  }
  return { generation, sessions };
}

/** Minimum and maximum of generations, which must be safe integers. */
export const GENERATIONS = { least: 1, most: Number.MAX_SAFE_INTEGER - 1 } as const;

function isGeneration(generation: number): boolean {
  return generation >= GENERATIONS.least && generation <= GENERATIONS.most;
}

/** Returns whether a session was found and equals another one. */
export function isSameSession(found: UserSession | undefined, session: UserSession): boolean {
  return found !== undefined && isDeepStrictEqual(toMemberAttribute(found), toMemberAttribute(session));
}

/** Returns a user's session, or `undefined` if it cannot be parsed; then it does not belong to the user. */
function parseMember(attribute: FoundAttribute | undefined): UserSession | undefined {
  const map = attribute?.M;
  const times = {
    createdAt: parseNumber(map?.began),
    lastSeenAt: parseNumber(map?.seen),
    expiresAt: parseNumber(map?.expires),
  };
  const userAgent = map?.agent?.S;
  const address = map?.address?.S;
  const providerSession = map?.provider?.S;
  if (!isComplete(times)) return undefined;
  return {
    ...times,
    ...(userAgent !== undefined && { userAgent }),
    ...(address !== undefined && { address }),
    ...(providerSession !== undefined && { providerSession }),
  };
}
