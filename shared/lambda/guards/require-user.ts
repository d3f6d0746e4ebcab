import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { AnyData, Session } from "../../session/session.ts";
import type { User } from "../../session/user.ts";
import type { HttpEvent } from "../http-event.ts";
import type { HandlerResult } from "../http-result.ts";
import type { SessionHandler } from "../with-session.ts";
import { askToSignIn, checkGuardOptions, type GuardOptions } from "./ask-to-sign-in.ts";

/** A session in which a user is signed in. */
export type SignedInSession<D extends object = AnyData> = Session<D> & { readonly user: User };

/** A handler that runs for users who are signed in. */
export type UserHandler<D extends object, E extends HttpEvent> = (
  event: E,
  session: SignedInSession<D>,
  context: Context,
) => HandlerResult | Promise<HandlerResult>;

/**
 * Wraps a handler that only users who are signed in may call: `withSession(requireUser(handler))`.
 *
 * Other visitors are asked to sign in. A page redirects to the sign-in, and after it to the page again. A
 * client that prefers JSON gets 401 and problem details, whose member `signIn` is the path of the sign-in. A
 * form is answered with 401 and a page that continues to the sign-in, and then to the form's page; the form
 * is not sent again, and a flashed message says so. For this message, a visitor without a session gets one.
 *
 * @throws OptionError that names the argument or the option
 */
export function requireUser<D extends object, E extends HttpEvent = APIGatewayProxyEventV2>(
  handler: UserHandler<D, E>,
  options: GuardOptions = {},
): SessionHandler<D, E> {
  assertFunctions({ handler });
  checkGuardOptions(options);
  const { signIn, form } = options;
  return (event, session, context) =>
    isSignedIn(session)
      ? handler(event, session, context)
      : askToSignIn(event, session as Session, { ...SIGN_IN, signIn, form });
}

/** Problem of a visitor who is not signed in. */
export const SIGN_IN = {
  type: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
  detail: "Please sign in.",
} as const;

/** Returns whether a user is signed in. */
export function isSignedIn<D extends object>(session: Session<D>): session is SignedInSession<D> {
  return session.user !== undefined;
}
