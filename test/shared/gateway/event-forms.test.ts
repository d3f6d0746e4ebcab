import {
  EVENT_FORMS,
  type EventForm,
  LATTICE_FORMS,
  provideAwsLambda,
  STREAMING_FORMS,
  type WireRequest,
} from "lambda-sessions/gateway";
import { describe, expect, test } from "vitest";

provideAwsLambda();

const ALL = [...EVENT_FORMS, ...LATTICE_FORMS];

function formOf(name: string): EventForm {
  const form = [...ALL, ...STREAMING_FORMS].find((one) => one.name === name);
  if (form === undefined) throw new Error(`there is no form ${name}`);
  return form;
}

/** Returns the event that a function receives for a request. */
async function eventOf(name: string, request: Partial<WireRequest> = {}): Promise<Record<string, never>> {
  const events: Record<string, never>[] = [];
  const handler = (event: Record<string, never>) => {
    events.push(event);
    return { statusCode: 200 };
  };
  await formOf(name).invoke(handler as never, requestOf(request));
  return events[0] ?? {};
}

/** Returns the response to a function's result. */
function responseOf(name: string, result: unknown, request: Partial<WireRequest> = {}) {
  return formOf(name).invoke((() => result) as never, requestOf(request));
}

function requestOf(request: Partial<WireRequest>): WireRequest {
  return { method: "GET", path: "/", queryString: "", headers: [], body: Buffer.alloc(0), ...request };
}

const REPEATED: Partial<WireRequest> = {
  path: "/a%20b",
  queryString: "x=1%262&x=%C3%A4",
  headers: [
    ["Cookie", "a=1"],
    ["X-Own", "1"],
    ["Cookie", "b=2"],
    ["X-Own", "2"],
  ],
};

describe("a REST API", () => {
  test("a REST API passes the names of headers as the client sent them, and all values in multiValueHeaders", async () => {
    const { headers, multiValueHeaders } = await eventOf("REST API", REPEATED);
    expect(headers).toMatchObject({ Cookie: "b=2", "X-Own": "2", Host: "app.example.com" });
    expect(multiValueHeaders).toMatchObject({ Cookie: ["a=1", "b=2"], "X-Own": ["1", "2"] });
  });

  test("a REST API decodes the query, and has the stage in the path of the context alone", async () => {
    const event = await eventOf("REST API", REPEATED);
    expect(event.multiValueQueryStringParameters).toEqual({ x: ["1&2", "ä"] });
    expect([event.path, event.requestContext]).toMatchObject(["/a b", { path: "/prod/a b", stage: "prod" }]);
  });

  test("a REST API rejects a result with a member of payload 2.0", async () => {
    await expect(responseOf("REST API", { statusCode: 200, cookies: ["a=1"] })).rejects.toThrow("cookies");
  });

  test("a REST API merges headers and multiValueHeaders, and sends a pair of both once", async () => {
    const { headers } = await responseOf("REST API", {
      statusCode: 200,
      headers: { "X-Own": "1", "Set-Cookie": "a=1" },
      multiValueHeaders: { "x-own": ["1"], "set-cookie": ["b=2"] },
    });
    expect(headers).toEqual([
      ["set-cookie", "a=1"],
      ["x-own", "1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("a REST API renames WWW-Authenticate, so that browsers do not ask for a password", async () => {
    const result = { statusCode: 401, headers: { "WWW-Authenticate": "Bearer" } };
    expect((await responseOf("REST API", result)).headers).toEqual([
      ["x-amzn-remapped-www-authenticate", "Bearer"],
    ]);
  });
});

describe("a function URL", () => {
  test("the event of a function URL has payload 2.0 with cookies apart, without a route", async () => {
    const event = await eventOf("function URL", REPEATED);
    expect(event).toMatchObject({ version: "2.0", routeKey: "$default", cookies: ["a=1", "b=2"] });
    expect(event.headers).toMatchObject({ "x-own": "1,2" });
    expect(event.requestContext).toMatchObject({ accountId: "anonymous" });
  });
});

describe("a load balancer", () => {
  const SINGLE = "load balancer without multi-value headers";
  const MULTI = "load balancer with multi-value headers";

  test("without multi-value headers, a load balancer passes the last value of each header and parameter, undecoded", async () => {
    const event = await eventOf(SINGLE, REPEATED);
    expect(event).toMatchObject({ path: "/a%20b", queryStringParameters: { x: "%C3%A4" } });
    expect(event.headers).toMatchObject({ cookie: "b=2", "x-own": "2" });
    expect(event).not.toHaveProperty("multiValueHeaders");
  });

  test("with multi-value headers, a load balancer passes all values, and has no headers", async () => {
    const event = await eventOf(MULTI, REPEATED);
    expect(event).toMatchObject({
      path: "/a%20b",
      multiValueQueryStringParameters: { x: ["1%262", "%C3%A4"] },
    });
    expect(event.multiValueHeaders).toMatchObject({ cookie: ["a=1", "b=2"], "x-own": ["1", "2"] });
    expect(event).not.toHaveProperty("headers");
  });

  const RESULT = {
    statusCode: 200,
    headers: { "X-Single": "1", "Set-Cookie": "a=1", "set-cookie": "b=2" },
    multiValueHeaders: { "X-Repeated": ["1", "2"] },
  };

  test("without multi-value headers, a load balancer reads headers alone, and the last of several cookies", async () => {
    expect((await responseOf(SINGLE, RESULT)).headers).toEqual([
      ["x-single", "1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("with multi-value headers, a load balancer reads multiValueHeaders alone", async () => {
    expect((await responseOf(MULTI, RESULT)).headers).toEqual([
      ["x-repeated", "1"],
      ["x-repeated", "2"],
    ]);
  });

  test("a load balancer does not send headers of a single connection", async () => {
    const headers = { Connection: "close", "transfer-encoding": "chunked" };
    expect((await responseOf(SINGLE, { statusCode: 200, headers })).headers).toEqual([]);
  });
});

describe("VPC Lattice", () => {
  test("VPC Lattice passes arrays of values with event structure V2", async () => {
    const event = await eventOf("VPC Lattice, event V2", REPEATED);
    expect(event).toMatchObject({ version: "2.0", method: "GET", path: "/a%20b" });
    expect(event.headers).toMatchObject({ cookie: ["a=1", "b=2"] });
    expect(event.queryStringParameters).toEqual({ x: ["1%262", "%C3%A4"] });
  });

  test("VPC Lattice joins the values of a header and passes the last one of a parameter with event structure V1", async () => {
    const event = await eventOf("VPC Lattice, event V1", REPEATED);
    expect(event).toMatchObject({ raw_path: "/a%20b", query_string_parameters: { x: "%C3%A4" } });
    expect(event.headers).toMatchObject({ cookie: "a=1, b=2" });
  });

  test("VPC Lattice sends an array in a response as several headers with V2, and rejects it with V1", async () => {
    const result = { statusCode: 200, headers: { "Set-Cookie": ["a=1", "b=2"] } };
    expect((await responseOf("VPC Lattice, event V2", result)).headers).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    await expect(responseOf("VPC Lattice, event V1", result)).rejects.toThrow("must be a string");
  });
});

describe.each(ALL)("$name", ({ name, invoke }) => {
  test("a binary body is Base64 in both directions", async () => {
    const body = Buffer.from([0, 255, 254, 10]);
    const headers = [["Content-Type", "application/octet-stream"]] as const;
    const event = await eventOf(name, { method: "POST", body, headers });
    expect([event.body, event.isBase64Encoded ?? event.is_base64_encoded]).toEqual(["AP/+Cg==", true]);
    const result = { statusCode: 200, headers: {}, body: "AP/+Cg==", isBase64Encoded: true };
    expect((await responseOf(name, result)).body).toEqual(body);
  });

  test("the error of a function is thrown on", async () => {
    const fail = () => Promise.reject(new RangeError("mine"));
    await expect(invoke(fail as never, requestOf({}))).rejects.toThrow(new RangeError("mine"));
  });

  test("a response to HEAD has no body", async () => {
    const result = { statusCode: 200, headers: {}, body: "hello" };
    expect((await responseOf(name, result, { method: "HEAD" })).body).toEqual(Buffer.alloc(0));
    expect((await responseOf(name, result)).body.toString()).toBe("hello");
  });
});

describe.each(STREAMING_FORMS)("$name", ({ name, invoke }) => {
  const send = (handler: Parameters<typeof awslambda.streamifyResponse>[0]) =>
    invoke(awslambda.streamifyResponse(handler) as never, requestOf({}));

  test("the prelude has the status, the headers and the cookies, and the body follows", async () => {
    const { statusCode, headers, body } = await send(async (_event, stream) => {
      const metadata = { statusCode: 201, headers: { "X-Own": "1" }, cookies: ["a=1", "b=2"] };
      const target = awslambda.HttpResponseStream.from(stream, metadata);
      target.write("hel");
      target.end("lo");
    });
    expect([statusCode, body.toString()]).toEqual([201, "hello"]);
    expect(headers).toEqual([
      ["x-own", "1"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("a response that was never written to has no prelude, as under Lambda's own client", async () => {
    const handler = async (_event: unknown, stream: awslambda.HttpResponseStream) => {
      awslambda.HttpResponseStream.from(stream, { statusCode: 204 }).end();
    };
    await expect(send(handler)).rejects.toThrow("no prelude");
  });

  test.runIf(name.startsWith("REST API"))("a prelude of more than 16 KB is rejected", async () => {
    const handler = async (_event: unknown, stream: awslambda.HttpResponseStream) => {
      const metadata = { statusCode: 200, headers: { "x-own": "x".repeat(16_400) } };
      const target = awslambda.HttpResponseStream.from(stream, metadata);
      target.write("");
      target.end();
    };
    await expect(send(handler)).rejects.toThrow("no prelude");
  });

  test("a handler that leaves its stream open, or does not stream, is rejected", async () => {
    await expect(send(async () => {})).rejects.toThrow("before it ended the stream");
    await expect(invoke((() => ({ statusCode: 200 })) as never, requestOf({}))).rejects.toThrow(
      "streamifyResponse",
    );
  });
});
