import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmbeddedDynamoDB } from "../../../support/embedded-dynamodb.ts";
import { type Answer, type Call, deliver, receive } from "../../../support/fault.ts";
import { type CountedCall, itemsOf, TABLE_NAME } from "./calls.ts";

// The process behind `startEndpoint`: an embedded DynamoDB, and a server in front of it that records the
// calls.

const dynamodb = await startEmbeddedDynamoDB();
await dynamodb.createTable(TABLE_NAME);
const target = new URL(dynamodb.endpoint);
const agent = new Agent({ keepAlive: true });
const answers = new Map<string, Told>();
let calls: CountedCall[] = [];
let isReplaying = false;

const server = createServer(async (request, response) => {
  const call = await receive(request);
  const told = isReplaying ? answers.get(nameOf(call)) : undefined;
  const { status, headers, body } = told ? repeated(told, call) : await ask(call);
  const length = Buffer.byteLength(body);
  response
    .writeHead(status, { ...headers, "content-length": length, "x-amzn-requestid": REQUEST_ID })
    .end(body);
});
server.listen(0, "127.0.0.1", () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

process.on("message", (message) => {
  isReplaying = message === "replay";
  process.send?.(calls);
  calls = [];
});
process.on("disconnect", () => process.exit());

const REQUEST_ID = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF";

/** Sends a call to DynamoDB with a request for its capacity units, and removes these from the response. */
async function ask(call: Call): Promise<Answer> {
  const isCounted = call.operation !== "DescribeTable";
  const input = isCounted ? { ...call.input, ReturnConsumedCapacity: "TOTAL" } : call.input;
  const { body, ...answer } = await deliver(target, agent, { ...call, input });
  const { ConsumedCapacity = [], ...rest } = JSON.parse(body);
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  calls.push({ operation: call.operation, input: call.input, units, items: itemsOf(rest) });
  const told = { ...answer, body: JSON.stringify(rest) };
  answers.set(nameOf(call), { call, answer: told });
  return told;
}

/** A call and its response. */
interface Told {
  readonly call: Call;
  readonly answer: Answer;
}

/**
 * Returns the response as it would be now: each write of this project has a new id, which a response may
 * contain.
 */
function repeated({ call: { input }, answer }: Told, call: Call): Answer {
  let { body } = answer;
  for (const [placeholder, name] of Object.entries(call.input.ExpressionAttributeNames ?? {}))
    body = body.replaceAll(`"${input.ExpressionAttributeNames?.[placeholder]}"`, `"${name}"`);
  return { ...answer, body };
}

/** Returns the name of a call. Calls with the same name get the same response. */
function nameOf({ operation, input }: Call): string {
  return JSON.stringify([operation, input.Key ?? input.RequestItems ?? input.Item?.pk, input.ReturnValues]);
}
