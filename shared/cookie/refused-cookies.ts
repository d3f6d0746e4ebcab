import type { OpenedSession } from "../session/opened-session.ts";
import type { RefusalReason, SessionLog } from "../session/session-log.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";

/** A cookie that was refused. */
export interface RefusedCookie {
  readonly reason: RefusalReason;
  /** The id of its session, if that is known. */
  readonly session?: string | undefined;
}

/**
 * Returns the new session of a request whose cookies were all refused, or that brought none. The reason of
 * the first refusal is logged.
 *
 * @param count the number of cookies that the request brought, of which some may not have been tried
 */
export function openNew(
  refused: readonly RefusedCookie[],
  count: number,
  { settings, log }: { readonly settings: ResolvedSettings; readonly log: SessionLog },
): OpenedSession {
  const [first] = refused;
  if (first === undefined) return { values: {}, isNew: true };
  const { reason, session } = first;
  const { name: cookie } = settings.cookie;
  log({ level: "WARN", event: "session_refused", reason, cookie, ...(session && { session }) });
  const hasEnded = refused.length === count && refused.every((one) => isOver(one.reason));
  return { values: {}, isNew: true, hasEnded, refusal: reason };
}

/** Returns whether a reason means that the session has ended, so that its cookie can be deleted. */
export function isOver(reason: RefusalReason): boolean {
  return OVER.has(reason);
}

const OVER: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  "expired",
  "absolute_lifetime",
  "unknown_session",
  "destroyed",
  "revoked",
  "evicted",
]);
