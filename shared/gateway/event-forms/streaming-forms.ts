import {
  buildResponse,
  expectArray,
  expectObject,
  InvalidResultError,
  readHeaders,
  toHeaderValue,
} from "../http-response.ts";
import { readMultiValueHeaders } from "../payload-1.ts";
import { toFunctionUrlEvent, toRestApiEvent } from "./api-gateway-forms.ts";
import {
  type EventForm,
  INVOCATION_CONTEXT,
  type LambdaFunction,
  withoutForbiddenBody,
} from "./event-form.ts";
import { ResponseStream, STREAMING } from "./response-stream.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/**
 * The ways in which AWS calls a function that streams its response. The handler is made by
 * `awslambda.streamifyResponse`, which {@link provideAwsLambda} provides. The response is returned whole.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export const STREAMING_FORMS: readonly EventForm[] = [
  streamingForm("function URL with response streaming", toFunctionUrlEvent),
  streamingForm("REST API with response streaming", toRestApiEvent, 16 * 1024),
];

/**
 * @param mostPreludeBytes bytes of a stream in which the prelude must end. Default: AWS documents no limit
 */
function streamingForm(
  name: string,
  toEvent: (request: WireRequest) => object,
  mostPreludeBytes = Number.POSITIVE_INFINITY,
): EventForm {
  const invoke = async (handler: LambdaFunction, request: WireRequest) => {
    if (Reflect.get(handler, STREAMING) !== "response")
      throw new InvalidResultError("the handler does not stream: wrap it with awslambda.streamifyResponse");
    const stream = new ResponseStream();
    const event = JSON.parse(JSON.stringify(toEvent(request)));
    const call = handler as (...received: unknown[]) => unknown;
    await call(event, stream, INVOCATION_CONTEXT);
    if (!stream.writableEnded)
      throw new InvalidResultError("the handler returned before it ended the stream: await the end");
    return withoutForbiddenBody(request, readResponse(stream, mostPreludeBytes));
  };
  return { name, repeatedHeaders: "all", invoke };
}

/** Reads the prelude and the body. */
function readResponse({ hasPrelude, bytes }: ResponseStream, mostPreludeBytes: number): WireResponse {
  const end = bytes.indexOf(Buffer.alloc(8));
  if (!hasPrelude || end < 0 || end > mostPreludeBytes)
    throw new InvalidResultError("the stream has no prelude: use awslambda.HttpResponseStream.from");
  const prelude = expectObject(JSON.parse(bytes.toString("utf8", 0, end)), "the prelude");
  const { statusCode = 200, headers, multiValueHeaders, cookies } = prelude;
  const lines = [...readHeaders(headers), ...readMultiValueHeaders(multiValueHeaders)];
  for (const cookie of expectArray(cookies, "cookies"))
    lines.push(["set-cookie", toHeaderValue(cookie, "cookies")]);
  return { ...buildResponse({ statusCode }, lines), body: bytes.subarray(end + 8) };
}
