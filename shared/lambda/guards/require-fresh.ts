import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { assertFunctions } from "../../options/assert-functions.ts";
import { OptionError } from "../../options/option-error.ts";
import { integer } from "../../options/option-kind.ts";
import { type Session, stateOf } from "../../session/session.ts";
import { isAcr } from "../acr.ts";
import type { HttpEvent } from "../http-event.ts";
import type { SessionHandler } from "../with-session.ts";
import { askToSignIn, checkGuardOptions, type GuardOptions } from "./ask-to-sign-in.ts";
import { isSignedIn, SIGN_IN, type UserHandler } from "./require-user.ts";

/** Options of `requireFresh`. */
export interface FreshnessOptions extends GuardOptions {
  /**
   * Authentication contexts (`acr`) of which the user's must be one, such as `["mfa"]`. Their names are the
   * provider's. Default: every one.
   */
  readonly acr?: readonly string[];
}

/**
 * Wraps a handler that needs an authentication of the last seconds, such as one that changes a password
 * (step-up authentication): `withSession(requireFresh(300, handler))`.
 *
 * Users whose authentication is older, of an unknown time, or of a context that `acr` does not name, are
 * asked to sign in again. All visitors get the responses of `requireUser`, whose sign-in has the parameters
 * `maxAge` and `acr`; the problem details have them as members (after RFC 9470). The time is that of the
 * session interface's clock.
 *
 * A visitor who returns from the sign-in without such an authentication is asked again. So the sign-in must
 * refuse what does not comply, as the routes of `lambda-sessions/oidc` do. Less than a minute asks too much
 * of a provider whose clock is behind: its visitors are refused.
 *
 * @param seconds maximum age of the authentication
 * @throws OptionError that names the argument or the option
 */
export function requireFresh<D extends object, E extends HttpEvent = APIGatewayProxyEventV2>(
  seconds: number,
  handler: UserHandler<D, E>,
  options: FreshnessOptions = {},
): SessionHandler<D, E> {
  assertFunctions({ handler });
  checkGuardOptions(options);
  checkFreshness(seconds, options);
  const { signIn, form, acr } = options;
  const parameters = { maxAge: seconds, acr };
  return (event, session, context) => {
    const isUser = isSignedIn(session);
    if (isUser && isFresh(session as Session, seconds, options)) return handler(event, session, context);
    const demand = { ...(isUser ? SIGN_IN_AGAIN : SIGN_IN), signIn, form, parameters };
    return askToSignIn(event, session as Session, demand);
  };
}

const SIGN_IN_AGAIN = {
  type: "https://www.rfc-editor.org/rfc/rfc9470#section-3",
  detail: "Please sign in again, to confirm that it is you.",
} as const;

/** Seconds that the time of an authentication may be in the future, because clocks differ. */
const CLOCK_SKEW = 60;

function isFresh(session: Session, seconds: number, { acr }: FreshnessOptions): boolean {
  const { at, acr: own = "" } = session.authentication ?? {};
  if (at === undefined || (acr !== undefined && !acr.includes(own))) return false;
  const age = stateOf(session).options.nowSeconds() - at.getTime() / 1000;
  return age <= seconds && age >= -CLOCK_SKEW;
}

/** At most ten years. */
const SECONDS = integer(1, 315_360_000, "seconds");

function checkFreshness(seconds: number, { acr }: FreshnessOptions): void {
  if (!SECONDS.includes(seconds)) throw new OptionError("seconds", `must be ${SECONDS.allowed}`);
  if (acr !== undefined && !isListOfAcr(acr))
    throw new OptionError(
      "acr",
      "must be an array of strings without spaces, of at most 200 characters in all",
    );
}

function isListOfAcr(acr: unknown): boolean {
  if (!Array.isArray(acr)) return false;
  return acr.every((value) => typeof value === "string" && !value.includes(" ")) && isAcr(acr.join(" "));
}
