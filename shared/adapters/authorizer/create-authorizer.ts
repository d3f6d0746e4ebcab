import { CrossOriginProtection } from "../../lambda/cross-origin-protection.ts";
import { isSignedIn, type SignedInSession } from "../../lambda/guards/require-user.ts";
import { HttpRequest } from "../../lambda/http-event.ts";
import type { RequestLog } from "../../lambda/request-log.ts";
import type { WithSessionOptions } from "../../lambda/with-session.ts";
import { failureRecord, writeLog } from "../../log/write-log.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import { OptionError } from "../../options/option-error.ts";
import type { AnyData, Session } from "../../session/session.ts";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import type { SessionInterface } from "../../session/session-interface.ts";
import { closeSession } from "../../session/session-outcome.ts";
import type { TokenRequests } from "../header-transport/token-request.ts";
import { type Claim, checkClaims, toContext } from "./authorizer-context.ts";
import { type AuthorizerEvent, forgesHeader, isVersion2, toHttpEvent } from "./authorizer-event.ts";
import { type AuthorizerResult, allow, deny } from "./authorizer-result.ts";

/** Options of an authorizer: those of `createWithSession`, and the context of the integration behind it. */
export interface AuthorizerOptions<D extends object = AnyData> extends WithSessionOptions {
  /**
   * Claims for the integration, by their names in the context. Default: none.
   *
   * ```ts
   * claims: { email: (session) => session.get("claims")?.email }
   * ```
   */
  readonly claims?: Readonly<Record<string, Claim<D>>>;
  /**
   * Finds the tokens of clients without cookies: `new TokenRequests(…)` of
   * `lambda-sessions/header-transport`. Default: sessions are in cookies alone.
   */
  readonly tokens?: Pick<TokenRequests, "read">;
  /** Returns whether a user may send the request. Default: every user may. */
  readonly allow?: (session: SignedInSession<D>, event: AuthorizerEvent) => boolean;
  /**
   * Status of API Gateway's response to a visitor who is not signed in, unless the payload has format 2.0:
   * 403 or 401. With 401 the authorizer rejects with the error `Unauthorized`, which Lambda counts as a
   * failed invocation. Default: 403.
   */
  readonly signedOutStatus?: 401 | 403;
}

/** An authorizer as Lambda calls it. */
export type Authorizer = <E extends AuthorizerEvent>(event: E) => Promise<AuthorizerResult<E>>;

/**
 * Creates a Lambda authorizer of type REQUEST for an HTTP API, a REST API or the route `$connect` of a
 * WebSocket API. It opens the visitor's session, which it never saves, and allows requests of users who are
 * signed in. The integration behind it receives `userId`, `sessionId` and the claims; see
 * `AuthorizerContext`.
 *
 * Unsafe requests from other sites are denied, because the integration does not check that, and so are
 * WebSockets that other sites open, and requests with a header such as `x_user_id`. If the session's store
 * fails, the authorizer rejects, so that API Gateway responds with 500.
 *
 * The authorizer must not be cached (a TTL of 0): a cached answer would outlive a session that has ended, and
 * allow a request of another site.
 *
 * @throws OptionError that names the option
 */
export function createAuthorizer<D extends object = AnyData>(options: AuthorizerOptions<D>): Authorizer {
  const given: AuthorizerOptions<D> = Object(options);
  const { sessionInterface, trustedOrigins, crossOriginProtection = true, log = writeLog } = given;
  const { tokens, claims = {}, allow: isAllowed = () => true, signedOutStatus = 403 } = given;
  assertFunctions({ sessionInterface: sessionInterface?.open }, "a session interface");
  assertFunctions({ log, allow: isAllowed });
  if (tokens) assertFunctions({ tokens: tokens.read }, "new TokenRequests(…)");
  const protection = new CrossOriginProtection(trustedOrigins);
  checkClaims(claims);
  if (signedOutStatus !== 401 && signedOutStatus !== 403)
    throw new OptionError("signedOutStatus", "must be 401 or 403");
  const authorize = async (event: AuthorizerEvent) => {
    const httpEvent = toHttpEvent(event);
    const token = tokens?.read(httpEvent);
    const request = new HttpRequest(token?.event ?? httpEvent);
    const isCrossOrigin = crossOriginProtection && token === undefined && protection.refuses(request);
    if (isCrossOrigin || forgesHeader(event)) {
      const reason = isCrossOrigin ? "cross_origin" : "forged_header";
      log({ level: "WARN", event: "request_refused", reason });
      return deny(event);
    }
    const session = (await open(sessionInterface, request, log)) as Session<D>;
    if (isSignedIn(session))
      return isAllowed(session, event) === true ? allow(event, toContext(session, claims)) : deny(event);
    if (signedOutStatus === 401 && !isVersion2(event)) throw new Error("Unauthorized");
    return deny(event);
  };
  return authorize as Authorizer;
}

/** Opens a session and closes it, so that nothing can change it. */
async function open(
  sessionInterface: SessionInterface,
  request: HttpRequest,
  log: RequestLog,
): Promise<Session> {
  try {
    const session = await sessionInterface.open(request);
    await closeSession(session);
    return session;
  } catch (error) {
    if (error instanceof SessionUnavailableError) log(failureRecord("session_unavailable", error));
    throw error;
  }
}
