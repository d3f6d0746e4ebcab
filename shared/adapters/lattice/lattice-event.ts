import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { toPlainEvent } from "../plain-event.ts";

/** Values by name: arrays with event structure V2, strings with V1. */
type Values = Readonly<Record<string, string | readonly string[]>>;

/** Event of VPC Lattice with event structure V2. */
export interface LatticeEvent2 {
  readonly version: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Values | null;
  readonly queryStringParameters?: Values | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  /** Service, target group and, with an auth policy, the identity of the caller. */
  readonly requestContext: object;
}

/** Event of VPC Lattice with event structure V1. */
export interface LatticeEvent1 {
  readonly method: string;
  readonly raw_path: string;
  readonly headers?: Values | null;
  readonly query_string_parameters?: Values | null;
  readonly body?: string | null;
  readonly is_base64_encoded?: boolean;
}

/** Event of VPC Lattice, whose version the target group selects. */
export type LatticeEvent = LatticeEvent2 | LatticeEvent1;

/** Returns whether an event has structure V1, in whose responses a header has one value. */
export function isLattice1(event: LatticeEvent): event is LatticeEvent1 {
  return "raw_path" in event;
}

/**
 * Returns an event of VPC Lattice as one of payload format 2.0. The client's address is the one that Lattice
 * adds to X-Forwarded-For. `requestContext` keeps the members of Lattice. There is no domain name.
 *
 * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 */
export function fromLatticeEvent(event: LatticeEvent): APIGatewayProxyEventV2 {
  const version1 = isLattice1(event);
  const [path = "", ...query] = (version1 ? event.raw_path : event.path).split("?");
  const parameters = pairsOf(version1 ? event.query_string_parameters : event.queryStringParameters);
  const queryString = query.length > 0 ? query.join("?") : parameters.map((pair) => pair.join("=")).join("&");
  const lines = pairsOf(event.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const { cookie: cookies = [], ...headers } = groupValues(lines);
  const request = {
    method: event.method,
    path,
    cookies: cookies.flatMap((line) => line.split(";")).map((pair) => pair.trim()),
    address: headers["x-forwarded-for"]?.join().split(",").at(-1)?.trim(),
  };
  const plain = toPlainEvent(request, joinValues(headers), queryString);
  const decoded = new URLSearchParams(queryString);
  return {
    ...plain,
    ...(decoded.size > 0 && { queryStringParameters: joinValues(groupValues([...decoded])) }),
    requestContext: { ...(event as Partial<LatticeEvent2>).requestContext, ...plain.requestContext },
    ...(event.body && { body: event.body }),
    isBase64Encoded: Boolean(version1 ? event.is_base64_encoded : event.isBase64Encoded),
  };
}

type Pair = readonly [name: string, value: string];

function pairsOf(values?: Values | null): Pair[] {
  return Object.entries(values ?? {}).flatMap(([name, all]) =>
    [all].flat().map((value): Pair => [name, value]),
  );
}

function groupValues(pairs: readonly Pair[]): Record<string, string[]> {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.map(([, value]) => value)]));
}

function joinValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.join()]));
}
