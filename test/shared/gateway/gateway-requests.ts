import type { GatewayRequest } from "../../../shared/gateway/gateway-request.ts";

/** Returns the request of the example events in AWS's documentation, with changes. */
export function gatewayRequest(changes: Partial<GatewayRequest> = {}): GatewayRequest {
  return {
    method: "POST",
    path: "/my/path",
    queryString: "parameter1=value1&parameter1=value2&parameter2=value",
    headers: new Map([
      ["content-type", ["text/plain"]],
      ["cookie", ["cookie1; cookie2"]],
      ["header1", ["value1"]],
      ["header2", ["value1", "value2"]],
      ["host", ["id.execute-api.us-east-1.amazonaws.com"]],
      ["user-agent", ["agent"]],
    ]),
    body: Buffer.from("Hello from Lambda"),
    sourceIp: "192.0.2.1",
    requestId: "id",
    time: new Date("2020-03-12T19:03:58.390Z"),
    routeKey: "$default",
    pathParameters: { parameter1: "value1" },
    ...changes,
  };
}

/** Returns a GET request without headers, a query or a body, with changes. */
export function createRequest(
  changes: Partial<Omit<GatewayRequest, "headers" | "body">> & {
    readonly headers?: Readonly<Record<string, readonly string[]>>;
    readonly body?: string;
  } = {},
): GatewayRequest {
  const { headers = {}, body = "", ...others } = changes;
  const { pathParameters: _, ...plain } = gatewayRequest({ method: "GET", queryString: "", ...others });
  const { pathParameters } = others;
  const all = new Map(Object.entries(headers));
  return { ...plain, ...(pathParameters && { pathParameters }), headers: all, body: Buffer.from(body) };
}
