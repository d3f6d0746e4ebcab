import type { UserSession } from "../stores/session-record.ts";
import { toDate } from "../values/to-date.ts";

/** One of a user's sessions, as the user may see it. */
export interface SessionDescription {
  /** The id of the session. It is no secret. */
  readonly id: string;
  /** Time of the sign-in. */
  readonly createdAt: Date;
  /** Time of the last use, rounded down by at most a tenth of its lifetime. */
  readonly lastSeenAt: Date;
  /** The last second in which it may be used, unless it is used before. */
  readonly expiresAt: Date;
  /** The User-Agent header at sign-in, shortened. Clients can send any value. */
  readonly userAgent?: string | undefined;
  /** The network address at sign-in, as the gateway reported it. */
  readonly address?: string | undefined;
  /** True for the session of the current request. */
  readonly isCurrent: boolean;
}

/** Returns a session of a user's list as the user may see it. */
export function describeSession(
  id: string,
  entry: UserSession,
  currentId: string | undefined,
): SessionDescription {
  const { createdAt, lastSeenAt, expiresAt, userAgent, address } = entry;
  return {
    id,
    createdAt: toDate(createdAt),
    lastSeenAt: toDate(lastSeenAt),
    expiresAt: toDate(expiresAt),
    userAgent,
    address,
    isCurrent: id === currentId,
  };
}
