import type { GatewayRequest } from "../gateway-request.ts";
import { parseSelection } from "../selection-expression.ts";

type Headers = GatewayRequest["headers"];

/** The headers that HTTP APIs do not change for an integration. */
const RESERVED =
  /^(access-control-.*|apigw-.*|authorization|connection|content-(encoding|length|location)|forwarded|keep-alive|origin|proxy-(authenticate|authorization)|te|trailers?|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-(for|host|proto)|via)$/;

/**
 * Parses the request parameters of an integration, of which those for headers are supported on this machine.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 * @returns a function that returns the headers of a request for the integration
 * @throws TypeError for a mapping that is not supported, or that API Gateway refuses
 */
export function parseMappings(
  parameters: Readonly<Record<string, string>>,
): (request: GatewayRequest) => Headers {
  const mappings = Object.entries(parameters).map(([key, value]) => parseMapping(key, value));
  return (request) => {
    const headers = new Map(request.headers);
    for (const apply of mappings) apply(headers, request);
    return headers;
  };
}

function parseMapping(key: string, value: string) {
  const [, action, header = ""] = /^(append|overwrite|remove):header\.(.+)$/.exec(key) ?? [];
  if (action === undefined)
    throw new TypeError(
      `the mapping ${key} is not supported on this machine: use append, overwrite or remove of header.NAME`,
    );
  const name = header.toLowerCase();
  if (RESERVED.test(name))
    throw new TypeError(`the mapping ${key} is for a header that API Gateway reserves: choose another one`);
  const select = action === "remove" ? () => undefined : parseSelection(value);
  return (headers: Map<string, readonly string[]>, request: GatewayRequest) => {
    const before = action === "append" ? (headers.get(name) ?? []) : [];
    const added = select(request);
    const values = added === undefined ? before : [...before, added];
    headers.delete(name);
    if (values.length > 0) headers.set(name, values);
  };
}
