import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { addSession, type HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { openExchange } from "../session-exchange.ts";
import { HeldResponse } from "./held-response.ts";
import { headersOf, sendResult } from "./node-headers.ts";
import { nodeResponseOf, type RequestLike, type ResponseLike, toNodeEvent } from "./node-message.ts";

/** A request whose session is open, and whose response is held. */
export interface NodeExchange<D extends object> {
  readonly session: Session<D>;
  readonly event: APIGatewayProxyEventV2;
  /** Saves nothing, and closes the session. */
  fail(error: unknown): void;
}

/**
 * Opens the session of a request, and holds its response back until the session is saved. Resolves to
 * `undefined` if the request was refused and answered.
 *
 * @param onError receives an error of saving that is no refusal
 */
export async function openNodeExchange<D extends object>(
  withSession: WithSession<D>,
  request: RequestLike,
  response: ResponseLike,
  onError: (error: Error) => void,
): Promise<NodeExchange<D> | undefined> {
  const event = toNodeEvent(request);
  // With arrays of their own, because `appendHeader` changes an array.
  const before = headersOf(response, (values) => [...values]);
  const held = nodeResponseOf(response);
  const exchange = await openExchange(withSession, event);
  if (!exchange.session) {
    sendResult(held, before, exchange.refusal);
    return undefined;
  }
  const { session, save } = exchange;
  let failure: Promise<HttpResult> | undefined;
  new HeldResponse(held, before, {
    // The response to a handler's own error may be made from the session, so it is private.
    save: (own) => failure?.catch(() => addSession(event, own, { vary: session.accessed })) ?? save(own),
    fail: (error) => {
      if (!held.headersSent) prepareError(response, before);
      onError(error as Error);
    },
  });
  const fail = (error: unknown) => {
    failure ??= exchange.fail(error);
    failure.catch(() => {});
  };
  return { session, event, fail };
}

/**
 * Prepares the response that the framework makes of an error. A framework's own headers are removed, such as
 * the encoding of a body that is not sent, and no cache stores it.
 */
function prepareError(response: ResponseLike, before: object): void {
  for (const name of Object.keys(response.getHeaders())) if (!(name in before)) response.removeHeader(name);
  nodeResponseOf(response).setHeader("cache-control", "no-store");
}
