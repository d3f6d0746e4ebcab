import { Readable } from "node:stream";
import type { APIGatewayProxyEventV2, Context, StreamifyHandler } from "aws-lambda";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { HandlerResult, HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { Session } from "../../session/session.ts";
import { discard } from "../discard.ts";
import { rejectLateChanges } from "./reject-late-changes.ts";
import { isStream, type StreamBody, writeBody } from "./stream-body.ts";

/** Response whose body may be a stream. */
export interface StreamResult extends Omit<HttpResult, "body"> {
  readonly statusCode: number;
  readonly body?: StreamBody;
}

/** Handler that receives the event and the visitor's session, and whose response is streamed. */
export type StreamingHandler<D extends object, E extends HttpEvent> = (
  event: E,
  session: Session<D>,
  context: Context,
) => StreamResult | HandlerResult | Promise<StreamResult | HandlerResult>;

/**
 * Returns a function that streams its response, for function URLs and REST APIs with response streaming.
 *
 * The session is saved when the handler returns, before the first byte is sent. Later changes, such as those
 * of a generator that is the body, throw, and so does the first use of the session there. A refusal of the
 * session layer replaces the response, and stops the stream. An error of the stream ends the response early,
 * because its status has already been sent.
 *
 * @param withSession the application's
 * @throws OptionError that names an argument which is no function
 * @throws Error outside Lambda's Node.js runtime, which provides `awslambda`
 */
export function streamSession<D extends object, E extends HttpEvent = APIGatewayProxyEventV2>(
  withSession: WithSession<D>,
  handler: StreamingHandler<D, E>,
): StreamifyHandler<E, void> {
  assertFunctions({ withSession, handler });
  // Clients of the AWS SDK set the global without this member.
  if (!globalThis.awslambda?.streamifyResponse)
    throw new Error("awslambda is missing: tests call provideAwsLambda of lambda-sessions/gateway");
  return awslambda.streamifyResponse<E, void>(async (event, stream, context) => {
    let own: unknown;
    let late: Session<D> | undefined;
    const answer = withSession<E>(async (event, session, context) => {
      late = session;
      const result = await handler(event, session, context);
      own = bodyOf(result);
      // A Readable that fails while the session is saved would end the process.
      if (own instanceof Readable) own.on("error", () => {});
      return result as HandlerResult;
    });
    const result = await answer(event, context).catch((error) => {
      discard(own);
      throw error;
    });
    if (late) rejectLateChanges(late as Session);
    if (result.body !== own) discard(own);
    await send(event, result as StreamResult, stream);
  });
}

/** Returns the body that a handler made, so that it can be stopped when it is not sent. */
function bodyOf(result: unknown): unknown {
  const { statusCode, body } = Object(result);
  const own = isStream(result) ? result : body;
  if (statusCode === undefined && isStream(own)) {
    discard(own);
    throw new TypeError("return { statusCode: 200, body: stream }");
  }
  return own;
}

/** Sends the prelude, and the body unless the request or the status has none. */
async function send(
  event: HttpEvent,
  result: StreamResult,
  stream: awslambda.HttpResponseStream,
): Promise<void> {
  const { body = "", isBase64Encoded, ...prelude } = result;
  const { errored } = Object(body);
  if (errored) throw errored;
  const target = awslambda.HttpResponseStream.from(stream, prelude);
  // The first write sends the prelude, without waiting for the first byte of the body.
  target.write("");
  const isEmpty = new HttpRequest(event).method === "HEAD" || [204, 304].includes(result.statusCode);
  if (isEmpty) discard(body);
  const isEncoded = isBase64Encoded && typeof body === "string";
  await writeBody(isEmpty ? "" : isEncoded ? Buffer.from(body, "base64") : body, target);
}
