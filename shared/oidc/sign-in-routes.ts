import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { type HttpEvent, HttpRequest } from "../lambda/http-event.ts";
import type { HttpResult } from "../lambda/http-result.ts";
import { queryOf } from "../lambda/query-of.ts";
import { refuse } from "../lambda/refuse.ts";
import { readForm } from "../lambda/request-body.ts";
import type { LambdaHandler, WithSession } from "../lambda/with-session.ts";
import type { Session } from "../session/session.ts";
import { sealResponse } from "./callback/callback-response.ts";
import { answerCallback } from "./callback/callback-route.ts";
import { continueAtCallback } from "./callback/continue-at-callback.ts";
import { refuseFailure, refuseSignIn } from "./refuse-sign-in.ts";
import { createSignInContext, type SignInContext } from "./sign-in-context.ts";
import type { SignInRoutesOptions } from "./sign-in-options.ts";
import { signOut } from "./sign-out/sign-out.ts";
import { signedOut } from "./sign-out/signed-out.ts";
import { askVisitor, isUnasked } from "./start/ask-visitor.ts";
import { CALLBACK_PATH } from "./start/redirect-uri.ts";
import { readSignInRequest } from "./start/sign-in-request.ts";
import { startSignIn } from "./start/start-sign-in.ts";
import { withinTime } from "./within-time.ts";

/**
 * Creates the handler of a sign-in with OpenID Connect (authorization code flow with PKCE). Route to it:
 *
 * - `GET /sign-in`: begins a sign-in; `returnTo`, `maxAge`, `acr`, `remember=true`, `prompt=select_account`
 * - `GET /sign-in/callback`, and `POST` with the response mode `form_post`: the provider's response
 * - `POST /sign-out`: ends the session, and continues to the provider's sign-out
 * - `GET /signed-out`: the page after it
 *
 * Every refusal is a page with a sentence and a link, or problem details for a client that prefers JSON, and
 * one record in the log.
 *
 * @throws OptionError that names the option
 */
export function createSignInRoutes<D extends object, E extends HttpEvent = APIGatewayProxyEventV2>(
  options: SignInRoutesOptions<D>,
): LambdaHandler<E> {
  const context = createSignInContext(options);
  const { withSession } = options;
  return async (event, lambda) => {
    const { method, path } = new HttpRequest(event);
    const query = new URLSearchParams(queryOf(event));
    const route = `${method} ${ROUTES.find((one) => path.endsWith(one)) ?? path}`;
    switch (route) {
      case "GET /sign-in":
        return answerSignIn(context, event, query, lambda);
      case `GET ${CALLBACK_PATH}`:
        return context.isStrict && !query.has("response")
          ? sealAndContinue(context, event, query)
          : answerCallback(context, withSession, event, lambda);
      case `POST ${CALLBACK_PATH}`:
        return sealAndContinue(context, event, readForm(event).body);
      case "POST /sign-out":
        return answerSignOut(context, withSession, event, lambda);
      case "GET /signed-out":
      case "HEAD /signed-out":
        return signedOut(context, event);
      case "HEAD /sign-in":
      case `HEAD ${CALLBACK_PATH}`:
        return NOTHING;
      default:
        return refuse(event, 404, "There is no such page.");
    }
  };
}

/** Response to a request that only looks at an address, as link previews do: it uses up no code. */
const NOTHING: HttpResult = { statusCode: 204, headers: { "cache-control": "no-store" } };

/** Paths of the routes. The path of an event may begin with the stage. */
const ROUTES = [CALLBACK_PATH, "/sign-in", "/sign-out", "/signed-out"];

async function answerSignIn(
  context: SignInContext,
  event: HttpEvent,
  query: URLSearchParams,
  lambda: Context,
): Promise<HttpResult> {
  const request = readSignInRequest(query);
  if (request === undefined) return refuseSignIn(context, event, "malformed_request");
  if (isUnasked(new HttpRequest(event))) return askVisitor(request);
  try {
    return await withinTime(lambda, startSignIn(context, event, request));
  } catch (error) {
    return refuseFailure(context, event, error, request);
  }
}

/**
 * Answers a response that brings no cookies of the session: a form of the provider's page, or a redirect if
 * they are SameSite=Strict. It opens no session.
 */
async function sealAndContinue(
  context: SignInContext,
  event: HttpEvent,
  sent: URLSearchParams | undefined,
): Promise<HttpResult> {
  try {
    const response = sent && (await sealResponse(context, sent));
    if (response === undefined) return refuseSignIn(context, event, "malformed_response");
    return continueAtCallback(context, response);
  } catch (error) {
    return refuseFailure(context, event, error);
  }
}

function answerSignOut<D extends object>(
  context: SignInContext,
  withSession: WithSession<D>,
  event: HttpEvent,
  lambda: Context,
): Promise<HttpResult> {
  const handler = withSession<HttpEvent>((_event, session) =>
    signOut(context, event, session as unknown as Session, lambda),
  );
  return handler(event, lambda);
}
