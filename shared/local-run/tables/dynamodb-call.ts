import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import aws4 from "aws4";
import { LOCAL_REGION } from "../stack/intrinsics.ts";

/** Credentials for an embedded DynamoDB, which accepts any. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;

/** Error response of DynamoDB. */
export class DynamoDBCallError extends Error {
  override readonly name = "DynamoDBCallError";
  /** Type of the error, such as `ResourceInUseException`. */
  readonly type: string;

  constructor(operation: string, type: string, message: string) {
    super(`${operation}: ${type} ${message}`.trim());
    this.type = type;
  }
}

/**
 * Calls an operation of a local DynamoDB, such as `CreateTable`, in its low-level API
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html).
 *
 * @throws DynamoDBCallError if the response is an error
 */
export async function callDynamoDB<Answer>(
  endpoint: string,
  operation: string,
  input: object,
): Promise<Answer> {
  const request = {
    service: "dynamodb",
    region: LOCAL_REGION,
    method: "POST",
    path: "/",
    headers: {
      Host: new URL(endpoint).host,
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
  };
  const { method, headers, body } = aws4.sign(request, LOCAL_CREDENTIALS);
  // Unlike fetch, an agent of its own uses no proxy of the developer's environment.
  const sent = httpRequest(endpoint, { method, headers: headers as Record<string, string>, agent: false });
  const [response] = (await once(sent.end(body), "response")) as [IncomingMessage];
  const answer = (await json(response)) as { __type?: string; message?: string };
  if (response.statusCode === 200) return answer as Answer;
  throw new DynamoDBCallError(operation, `${answer.__type}`.replace(/^.*#/, ""), answer.message ?? "");
}
