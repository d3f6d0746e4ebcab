import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { toErrorResult } from "../error-result.ts";
import { openExchange } from "../session-exchange.ts";
import { HeldResponse } from "./held-response.ts";
import { headersOf, sendResult, setHead } from "./node-headers.ts";
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
    save: (own) => failure?.catch(() => toErrorResult(event, own, session)) ?? save(own),
    fail: (error) => {
      if (!held.headersSent) {
        removeHeaders(response, before);
        setHead(held, before, toErrorResult(event, { statusCode: 500 }, session));
      }
      onError(error as Error);
    },
  });
  const fail = (error: unknown) => {
    failure ??= exchange.fail(error);
    failure.catch(() => {});
  };
  return { session, event, fail };
}

/** Removes a framework's own headers, such as the encoding of a body that is not sent. */
function removeHeaders(response: ResponseLike, before: object): void {
  for (const name of Object.keys(response.getHeaders())) if (!(name in before)) response.removeHeader(name);
}
