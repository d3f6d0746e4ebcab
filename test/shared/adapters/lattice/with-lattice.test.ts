import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { LATTICE_FORMS, type WireRequest } from "lambda-sessions/gateway";
import { originOf, readForm, readJson } from "lambda-sessions/lambda";
import { fromLatticeEvent, type LatticeEvent2, withLattice } from "lambda-sessions/lattice";
import { adapterCases, lambdaContext, randomResponses } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { runsOf, SEED } from "../../../support/proofs.ts";
import { latticeAdapter } from "./lattice-adapter.ts";

describe.each(LATTICE_FORMS.map(latticeAdapter))("$name", (adapter) => {
  for (const { name, run } of adapterCases(adapter)) test(name, run);

  test("no Set-Cookie header of random responses is lost", async () => {
    const responses = runsOf({ all: 10_000, sampled: 300 });
    expect(await randomResponses(adapter, responses, SEED)).toMatchObject({
      responses,
    });
  });
});

describe.each(LATTICE_FORMS)("an event of $name", (form) => {
  async function receive(request: Partial<WireRequest>): Promise<APIGatewayProxyEventV2> {
    const received: APIGatewayProxyEventV2[] = [];
    const handler = withLattice((event) => {
      received.push(event);
      return { statusCode: 200 };
    });
    const plain = { method: "GET", path: "/", queryString: "", headers: [], body: Buffer.alloc(0) };
    await form.invoke(handler as never, { ...plain, ...request });
    return received[0] as APIGatewayProxyEventV2;
  }

  test("the path and the query are those that the client sent", async () => {
    const event = await receive({ path: "/a%20b/c", queryString: "x=1%262&y=%C3%A4" });
    expect(event).toMatchObject({
      version: "2.0",
      rawPath: "/a%20b/c",
      rawQueryString: "x=1%262&y=%C3%A4",
      queryStringParameters: { x: "1&2", y: "ä" },
      requestContext: { http: { method: "GET", path: "/a%20b/c", sourceIp: "192.0.2.1" } },
    });
  });

  test("headers have names in lower case, and cookies are apart from them", async () => {
    const event = await receive({
      headers: [
        ["X-Own", "1"],
        ["Cookie", "a=1; b=2"],
      ],
    });
    expect(event.headers).toMatchObject({ "x-own": "1", host: "app.example.com" });
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event.cookies).toEqual(["a=1", "b=2"]);
  });

  test("the client's address is the one that Lattice adds, not one that the client sends", async () => {
    const event = await receive({ headers: [["X-Forwarded-For", "203.0.113.9, 198.51.100.7"]] });
    expect(event.requestContext.http.sourceIp).toBe("192.0.2.1");
  });

  test("forms and JSON are read from the body", async () => {
    const form = await receive({
      method: "POST",
      headers: [["Content-Type", "application/x-www-form-urlencoded"]],
      body: Buffer.from("name=Ada"),
    });
    expect(readForm(form).body?.get("name")).toBe("Ada");
    const json = await receive({
      method: "POST",
      headers: [["Content-Type", "application/json"]],
      body: Buffer.from('{"name":"Ada"}'),
    });
    expect(readJson(json).body).toEqual({ name: "Ada" });
  });

  test("the Host header, which a client chooses, does not become the origin", async () => {
    const event = await receive({ headers: [["Host", "evil.example"]] });
    expect(() => originOf(event)).toThrow("PUBLIC_ORIGIN");
  });
});

describe("what only one event structure has", () => {
  const event2: LatticeEvent2 = {
    version: "2.0",
    method: "GET",
    path: "/a?x=1&x=2",
    headers: { accept: ["text/html", "application/json"], cookie: ["a=1; b=2", "c=3"] },
    requestContext: { serviceArn: "arn:service", identity: { principal: "arn:role" } },
  };

  test("V2 keeps all values of a header, all Cookie headers and the caller's identity", () => {
    const event = fromLatticeEvent(event2);
    expect(event.headers).toEqual({ accept: "text/html,application/json" });
    expect(event.cookies).toEqual(["a=1", "b=2", "c=3"]);
    expect(event.requestContext).toMatchObject({
      identity: { principal: "arn:role" },
      http: { method: "GET" },
    });
  });

  test("a query in the path is not joined from parameters", () => {
    const event = fromLatticeEvent({ ...event2, queryStringParameters: { x: "2" } });
    expect([event.rawPath, event.rawQueryString]).toEqual(["/a", "x=1&x=2"]);
    expect(event.queryStringParameters).toEqual({ x: "1,2" });
  });

  test("several Cookie headers that V1 has joined are not taken apart, because a cookie may contain a comma", () => {
    const event = fromLatticeEvent({
      method: "GET",
      raw_path: "/",
      headers: { cookie: "note=x, __Host-session=of-an-attacker" },
    });
    expect(event.cookies).toEqual(["note=x, __Host-session=of-an-attacker"]);
  });

  test("several cookies are a list with V2, and an error with V1 that names V2", async () => {
    const handler = withLattice(() => ({
      statusCode: 200,
      headers: { "Set-Cookie": "a=1" },
      cookies: ["b=2"],
    }));
    expect((await handler(event2, lambdaContext())).headers).toEqual({ "set-cookie": ["a=1", "b=2"] });
    await expect(handler({ method: "GET", raw_path: "/" }, lambdaContext())).rejects.toThrow("version V2");
  });

  test("a value without a status becomes JSON, as with an HTTP API", async () => {
    const result = await withLattice(() => ({ visits: 1 }))(event2, lambdaContext());
    expect(result).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body: '{"visits":1}',
      isBase64Encoded: false,
    });
  });
});

test.each([
  {
    version: "2.0",
    method: "GET",
    path: "/",
    headers: null,
    queryStringParameters: null,
    requestContext: {},
  },
  { method: "GET", raw_path: "/", headers: null, query_string_parameters: null, body: null },
])("an event whose headers and parameters are null is a request without any: %j", async (event) => {
  const handler = withLattice(({ rawQueryString, cookies, headers }) => ({
    rawQueryString,
    cookies,
    headers,
  }));
  const { body } = await handler(event, lambdaContext());
  expect(JSON.parse(body)).toEqual({ rawQueryString: "", cookies: [], headers: {} });
});
