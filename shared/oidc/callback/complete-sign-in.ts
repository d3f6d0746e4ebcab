import type { Context } from "aws-lambda";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { queryOf } from "../../lambda/query-of.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import type { Session } from "../../session/session.ts";
import { refuseFailure, refuseSignIn } from "../refuse-sign-in.ts";
import type { SignInContext } from "../sign-in-context.ts";
import type { SignedIn } from "../sign-in-options.ts";
import { startSignIn } from "../start/start-sign-in.ts";
import type { Transaction } from "../transaction/transaction.ts";
import { withinTime } from "../within-time.ts";
import { bindUser } from "./bind-user.ts";
import { type CallbackResponse, readResponse } from "./callback-response.ts";
import { exchangeCode } from "./exchange-code.ts";

/** The response of the callback, and the sign-in if there was one. */
export interface Completed {
  readonly result: HttpResult;
  readonly signedIn?: SignedIn;
}

/**
 * Completes a sign-in with the provider's response: `GET /sign-in/callback`.
 *
 * @throws HookError if a hook refuses the sign-in after the session was bound to the user
 */
export async function completeSignIn(
  context: SignInContext,
  event: HttpEvent,
  session: Session,
  lambda: Context,
): Promise<Completed> {
  let response: CallbackResponse | undefined;
  try {
    const read = await readResponse(context, new URLSearchParams(queryOf(event)));
    if (typeof read === "string") return { result: refuseSignIn(context, event, read) };
    response = read;
    const { cookies } = new HttpRequest(event);
    const transactions = await context.transactions.read(cookies, context.client.nowSeconds);
    const transaction = transactions.get(response.state.id);
    if (transaction !== undefined)
      return await finish(context, event, session, lambda, response, transaction);
    return {
      result: await withinTime(lambda, resume(context, event, session, response, transactions.size > 0)),
    };
  } catch (error) {
    return { result: refuseFailure(context, event, error, response?.state.request) };
  }
}

async function finish(
  context: SignInContext,
  event: HttpEvent,
  session: Session,
  lambda: Context,
  response: CallbackResponse,
  transaction: Transaction,
): Promise<Completed> {
  const { request } = response.state;
  const origin = context.originOf(event);
  const exchanged = await withinTime(lambda, exchangeCode(context, origin, response, transaction));
  const used = context.transactions.delete(transaction.id);
  const signedIn =
    typeof exchanged === "string" ? exchanged : await bindUser(context, session, exchanged, request);
  if (typeof signedIn === "string") {
    // To try again, the visitor has to authenticate again: the provider would repeat the authentication it
    // has.
    const again = signedIn === "wrong_acr" ? { acr: context.acr, ...request } : request;
    return { result: refuseSignIn(context, event, signedIn, { request: again, cookies: [used] }) };
  }
  const lifetime = session.permanent ? session.lifetime : undefined;
  const { id_token: idToken = "" } = signedIn.tokens;
  const kept = await context.idTokens.set(idToken, context.client.nowSeconds, lifetime);
  return { result: redirect(event, request.returnTo, [used, kept]), signedIn };
}

/**
 * Answers a response whose transaction is gone: it was used, is older than ten minutes, was replaced by five
 * newer ones, or is of another browser. A visitor who is signed in continues. A browser that has begun
 * another sign-in begins again, once: cookies work there, so this does not loop.
 */
async function resume(
  context: SignInContext,
  event: HttpEvent,
  session: Session,
  { state }: CallbackResponse,
  hasOther: boolean,
): Promise<HttpResult> {
  const { request, isRestart } = state;
  if (session.user !== undefined) return redirect(event, request.returnTo, []);
  if (hasOther && !isRestart) return startSignIn(context, event, request, true);
  return refuseSignIn(context, event, "unknown_state", { request });
}

function redirect(event: HttpEvent, location: string, cookies: readonly string[]): HttpResult {
  const headers = { location, "cache-control": "no-store" };
  return new ResponseHeaders(event, { statusCode: 303, headers }).toResult(cookies);
}
