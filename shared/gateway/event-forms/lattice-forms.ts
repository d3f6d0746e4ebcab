import { toEventBody } from "../http-event.ts";
import { expectObject, toHeaderValue } from "../http-response.ts";
import { bufferedForm } from "./event-form.ts";
import {
  encodedParameters,
  groupValues,
  lastValues,
  toGatewayRequest,
  toLowerCaseLines,
} from "./forwarded-request.ts";
import { toTargetResponse } from "./load-balancer-forms.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** VPC Lattice with event structure V2: arrays of values in requests and in responses. */
const LATTICE_2 = bufferedForm("VPC Lattice, event V2", "all", toEvent2, (payload) =>
  toResponse(payload, (name, value) => [value].flat().map((one) => [name, toHeaderValue(one, name)])),
);

/** VPC Lattice with event structure V1: values of a header are joined, and a response has strings alone. */
const LATTICE_1 = bufferedForm("VPC Lattice, event V1", "joined", toEvent1, (payload) =>
  toResponse(payload, (name, value) => [[name, toHeaderValue(value, name)]]),
);

/** The event structures of VPC Lattice, which `withLattice` converts. */
export const LATTICE_FORMS = [LATTICE_2, LATTICE_1] as const;

/** @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html */
function toEvent2(request: WireRequest): object {
  return {
    version: "2.0",
    path: request.path,
    method: request.method,
    headers: groupValues(toLowerCaseLines(request)),
    queryStringParameters: groupValues(encodedParameters(request)),
    ...toEventBody(toGatewayRequest(request)),
    requestContext: {
      serviceNetworkArn: "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0bf3f2882e9cc805a",
      serviceArn: "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a40eebed65f8d69c",
      targetGroupArn: "arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/tg-6d0ecf831eec9f09",
      identity: { sourceVpcArn: "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0b8276c84697e7339" },
      region: "us-east-1",
      timeEpoch: String(Date.now() * 1000),
    },
  };
}

function toEvent1(request: WireRequest): object {
  const headers = Object.entries(groupValues(toLowerCaseLines(request)));
  const { body = "", isBase64Encoded } = toEventBody(toGatewayRequest(request));
  return {
    raw_path: request.path,
    method: request.method,
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.join(", ")])),
    query_string_parameters: lastValues(encodedParameters(request)),
    body,
    is_base64_encoded: isBase64Encoded,
  };
}

/** Returns the response for the JSON of a result, whose headers have one value or an array of them. */
function toResponse(
  payload: string,
  toLines: (name: string, value: unknown) => (readonly [string, string])[],
): WireResponse {
  return toTargetResponse(payload, ({ headers }) =>
    Object.entries(expectObject(headers, "headers")).flatMap(([name, value]) =>
      toLines(name.toLowerCase(), value),
    ),
  );
}
