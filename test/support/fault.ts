import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

/** Call of a client. */
export interface Call {
  /** Operation, such as `UpdateItem`. */
  readonly operation: string;
  /** Input in DynamoDB's JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what was asked, as with JSON.parse
  readonly input: any;
  readonly headers: IncomingHttpHeaders;
}

/** Response of DynamoDB or of the proxy. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Treatment of a call by the proxy. A call is delivered once and answered unless stated otherwise. */
export type Fault =
  | "pass"
  /** Not delivered: the connection is reset. */
  | "reset"
  /** Delivered, and the connection is reset instead of a response. */
  | "lose answer"
  /** Not delivered until `release`, even if the client has disconnected. */
  | "hold"
  /** Delivered, and not answered until `release`. */
  | "hold answer"
  /** Delivered again after the first response. The client receives the worse response. */
  | "twice"
  /** Delivered twice in parallel. The client receives the worse response. */
  | "twice at once"
  /** Delivered and answered, and delivered again by `replay`. */
  | "keep"
  /** Rejected. */
  | Rejection
  /** BatchGetItem that does not process the keys at these indexes. */
  | { readonly unprocessed: readonly number[] };

/** Error of DynamoDB. */
export interface Rejection {
  /** Type of the error, such as `ThrottlingException`. */
  readonly error: string;
  /** Status. Default: 500 for `InternalServerError`, 503 for `ServiceUnavailable`, otherwise 400. */
  readonly status?: number;
  readonly message?: string;
  /** True if the call is delivered before it is rejected. Default: false. */
  readonly delivered?: boolean;
}

const JSON_TYPE = { "content-type": "application/x-amz-json-1.0" };
const STATUS: Readonly<Record<string, number>> = { InternalServerError: 500, ServiceUnavailable: 503 };

/** Reads a whole call. */
export async function receive(message: IncomingMessage): Promise<Call> {
  const { headers } = message;
  const operation = `${headers["x-amz-target"]}`.split(".").at(-1) ?? "";
  return { operation, input: JSON.parse(await textOf(message)), headers };
}

/** Sends a call to DynamoDB, and returns its response. */
export async function deliver(target: URL, agent: Agent, { input, headers }: Call): Promise<Answer> {
  const body = JSON.stringify(input);
  const sent = { ...headers, "content-length": `${Buffer.byteLength(body)}` };
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request(target, { method: "POST", agent, headers: sent }, resolve).on("error", reject).end(body);
  });
  return {
    status: message.statusCode ?? 500,
    headers: JSON_TYPE,
    body: await textOf(message),
  };
}

/** Returns the response that rejects a call. */
export function failure({
  error,
  status = STATUS[error] ?? 400,
  message = "Told to fail.",
}: Rejection): Answer {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message });
  return { status, headers: JSON_TYPE, body };
}

/** Answers a BatchGetItem of one table without the keys at these indexes. */
export async function readPartly(
  call: Call,
  unprocessed: readonly number[],
  deliver: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const [[table, { Keys, ...rest }]] = Object.entries(call.input.RequestItems) as [[string, BatchOfKeys]];
  const left = Keys.filter((_, index) => unprocessed.includes(index));
  const read = Keys.filter((_, index) => !unprocessed.includes(index));
  const UnprocessedKeys = { [table]: { ...rest, Keys: left } };
  if (read.length === 0) return json({ Responses: { [table]: [] }, UnprocessedKeys });
  const input = { ...call.input, RequestItems: { [table]: { ...rest, Keys: read } } };
  const answer = await deliver({ ...call, input });
  return answer.status === 200 ? json({ ...JSON.parse(answer.body), UnprocessedKeys }) : answer;
}

interface BatchOfKeys {
  readonly Keys: readonly unknown[];
}

function json(value: object): Answer {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(value) };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
