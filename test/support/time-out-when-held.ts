import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Call } from "./fault.ts";
import type { FaultProxy } from "./fault-proxy.ts";

/** Headers of the SDK that differ between any two calls, retries included. */
const IDS = ["amz-sdk-invocation-id", "amz-sdk-request"] as const;

/**
 * Makes each call of a client time out as soon as the proxy holds it or its response, and no other call. A
 * limit in milliseconds would also end calls that a busy machine answers late.
 */
export function timeOutWhenHeld(client: DynamoDBClient, proxy: FaultProxy): DynamoDBClient {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const controller = new AbortController();
    const isSame = ({ headers }: Call) => IDS.every((name) => headers[name] === request.headers[name]);
    const timeout = proxy.whenHeld(isSame).then((): never => {
      controller.abort();
      throw Object.assign(new Error("The proxy holds this call."), { name: "TimeoutError" });
    });
    return Promise.race([handle(request, { ...options, abortSignal: controller.signal }), timeout]);
  };
  return client;
}
