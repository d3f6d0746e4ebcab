import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** Returns the event of a browser's `GET /visits`: payload 2.0, as API Gateway sends it. */
export function eventWith(cookie: string): APIGatewayProxyEventV2 {
  const path = "/visits";
  const http = {
    method: "GET",
    path,
    protocol: "HTTP/1.1",
    sourceIp: "192.0.2.1",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  };
  return {
    version: "2.0",
    routeKey: `GET ${path}`,
    rawPath: path,
    rawQueryString: "",
    cookies: cookie.split("; "),
    headers: {
      accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "accept-encoding": "gzip, deflate, br, zstd",
      "accept-language": "en-GB,en;q=0.5",
      host: "abcdefghij.execute-api.eu-central-1.amazonaws.com",
      "sec-fetch-dest": "document",
      "sec-fetch-mode": "navigate",
      "sec-fetch-site": "none",
      "user-agent": http.userAgent,
      "x-forwarded-for": http.sourceIp,
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
    },
    requestContext: {
      accountId: "123456789012",
      apiId: "abcdefghij",
      domainName: "abcdefghij.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "abcdefghij",
      http,
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: `GET ${path}`,
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1773342238000,
    },
    isBase64Encoded: false,
  };
}
