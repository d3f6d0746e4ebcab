import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** The fields of a form that was sent as `application/x-www-form-urlencoded`; none when it was sent otherwise. */
export function formOf({ headers, body = "", isBase64Encoded }: APIGatewayProxyEventV2): URLSearchParams {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return new URLSearchParams();
  return new URLSearchParams(isBase64Encoded ? Buffer.from(body, "base64").toString() : body);
}
