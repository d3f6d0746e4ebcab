import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { GuardOptions } from "../../lambda/guards/ask-to-sign-in.ts";
import { requireUser } from "../../lambda/guards/require-user.ts";
import type { HttpEvent } from "../../lambda/http-event.ts";
import type { HandlerResult } from "../../lambda/http-result.ts";
import type { Session } from "../../session/session.ts";
import { NoProviderTokensError, ProviderTokensEndedError } from "./provider-tokens-errors.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** A session whose handler may call the provider's API. */
export interface HasAccessToken {
  /**
   * Returns a valid access token of the user who is signed in. It is refreshed before it expires, once for
   * all parallel requests.
   *
   * @throws NoProviderTokensError if the session has no tokens: nobody is signed in, or `keepTokens` was not
   * true at the sign-in
   * @throws ProviderTokensEndedError if the provider rejects the refresh, or its result was lost: the session
   * is signed out, and the request is answered as by `requireUser`
   * @throws SessionUnavailableError if another try may succeed soon: the request is answered with 503
   */
  accessToken(): Promise<string>;
}

type Handler<S, E extends HttpEvent> = (
  event: E,
  session: S,
  context: Context,
) => HandlerResult | Promise<HandlerResult>;

/** Wraps a handler whose session gets the method `accessToken`. */
export type WithProviderTokens = <S extends object, E extends HttpEvent = APIGatewayProxyEventV2>(
  handler: Handler<S & HasAccessToken, E>,
) => Handler<S, E>;

/**
 * Creates an application's `withProviderTokens`, which is the innermost wrapper of a handler:
 *
 * ```ts
 * withSession(requireUser(withProviderTokens(async (event, session) => …)))
 * ```
 *
 * @param keeper keeps the tokens; without it `accessToken` throws, because `keepTokens` is not true
 * @throws OptionError that names the option
 */
export function createWithProviderTokens(
  keeper: TokenKeeper | undefined,
  options?: GuardOptions,
): WithProviderTokens {
  const askToSignIn = requireUser<object, HttpEvent>(() => null, options);
  return (handler) => async (event, given, context) => {
    const session = given as unknown as Session;
    const accessToken = async () => {
      if (keeper === undefined) throw new NoProviderTokensError("off");
      return keeper.accessToken(session);
    };
    try {
      return await handler(event, Object.assign(given, { accessToken }), context);
    } catch (error) {
      if (error instanceof ProviderTokensEndedError) return askToSignIn(event, session, context);
      throw error;
    }
  };
}
