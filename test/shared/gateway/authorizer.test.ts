import { describe, expect, test, vi } from "vitest";
import {
  authorizedIntegration,
  type GatewayRequest,
  gatewayResponse,
  type InvocationOutcome,
  type LambdaAuthorizerOptions,
  toAuthorizerEvent,
  toAuthorizerEvent1,
  toEvent,
  toEvent1,
} from "../../../shared/gateway.ts";
import { createRequest } from "./gateway-requests.ts";

const REQUEST = createRequest({
  method: "POST",
  path: "/reports/7",
  routeKey: "POST /reports/{id}",
  pathParameters: { id: "7" },
  queryString: "year=2026",
  headers: { cookie: ["a=1; b=2"], "x-tenant": ["one", "two"] },
  body: "secret",
});

const ALLOWED = { isAuthorized: true, context: { userId: "u-1", seats: 5 } };

/** Sends a request through an authorizer, and returns the response and what the integration received. */
async function send(result: unknown, options: Partial<LambdaAuthorizerOptions> = {}, request = REQUEST) {
  const onInvalidResult = vi.fn();
  const invoke = vi.fn(
    async (_event: string): Promise<InvocationOutcome> => ({ payload: JSON.stringify(result) }),
  );
  const integration = vi.fn(async (_request: GatewayRequest) => gatewayResponse(200, "reports"));
  const defaults = { payloadVersion: "2.0", simpleResponses: true, identitySource: [] } as const;
  const { statusCode, body } = await authorizedIntegration(integration, {
    ...defaults,
    invoke,
    onInvalidResult,
    ...options,
  })(request);
  const event = invoke.mock.calls[0] && JSON.parse(invoke.mock.calls[0][0]);
  const received = integration.mock.calls[0]?.[0];
  return { statusCode, message: JSON.parse(String(body)).message, event, received, onInvalidResult };
}

describe("simple responses", () => {
  test("an allowed request reaches the integration with the authorizer's context", async () => {
    const { statusCode, received } = await send(ALLOWED);
    expect(statusCode).toBe(200);
    expect(received).toEqual({ ...REQUEST, authorizer: ALLOWED.context });
  });

  test("a denied request is answered with 403, and the integration does not run", async () => {
    const { statusCode, message, received } = await send({ isAuthorized: false, context: { userId: "u-1" } });
    expect([statusCode, message, received]).toEqual([403, "Forbidden", undefined]);
  });

  test.each([
    ["no object", null],
    ["no isAuthorized", {}],
    ["a string for isAuthorized", { isAuthorized: "true" }],
    ["a list as the context", { isAuthorized: true, context: [] }],
    ["a policy", { policyDocument: {} }],
  ])("an answer with %s is answered with 500, and the developer learns why", async (_name, result) => {
    const { statusCode, message, received, onInvalidResult } = await send(result);
    expect([statusCode, message, received]).toEqual([500, "Internal Server Error", undefined]);
    expect(onInvalidResult).toHaveBeenCalledOnce();
  });

  test("an authorizer that fails is answered with 500, and the integration does not run", async () => {
    const { statusCode, received } = await send(undefined, {
      invoke: async () => ({ failure: "Unauthorized" }),
    });
    expect([statusCode, received]).toEqual([500, undefined]);
  });

  test("an authorizer that cannot be invoked is answered with its message", async () => {
    const invoke = async () => ({ broken: "authorizer.ts does not compile" });
    expect(await send(undefined, { invoke })).toMatchObject({
      statusCode: 500,
      message: "authorizer.ts does not compile",
    });
  });
});

describe("identity sources", () => {
  const identitySource = ["$request.header.X-Tenant", "$request.querystring.year", "$context.routeKey"];

  test("the authorizer receives the values of the identity sources", async () => {
    const { event } = await send(ALLOWED, { identitySource });
    expect(event.identitySource).toEqual(["one,two", "2026", "POST /reports/{id}"]);
  });

  test.each(["$request.header.authorization", "$request.querystring.Year", "$request.path.name"])(
    "a request without %s is answered with 401, and the authorizer does not run",
    async (missing) => {
      const answer = await send(ALLOWED, { identitySource: [...identitySource, missing] });
      expect(answer).toMatchObject({
        statusCode: 401,
        message: "Unauthorized",
        event: undefined,
        received: undefined,
      });
    },
  );

  test("an empty identity source is answered with 401", async () => {
    const request = createRequest({ headers: { cookie: [""] } });
    const answer = await send(ALLOWED, { identitySource: ["$request.header.cookie"] }, request);
    expect(answer.statusCode).toBe(401);
  });

  test.each(["$stageVariables.a", "$request.body.a", "$context.authorizer", "Bearer $request.header.a"])(
    "the identity source %s is refused, because this machine cannot evaluate it",
    async (expression) => {
      await expect(send(ALLOWED, { identitySource: [expression] })).rejects.toThrow("is not supported");
    },
  );
});

describe("events", () => {
  test("the event of payload format 2.0 is that of the request, without its body", () => {
    const { body: _, isBase64Encoded: __, ...event } = toEvent(REQUEST);
    expect(toAuthorizerEvent(REQUEST, ["one"])).toEqual({
      ...event,
      type: "REQUEST",
      routeArn: "arn:aws:execute-api:us-east-1:123456789012:local/$default/POST/reports/7",
      identitySource: ["one"],
    });
  });

  test("the event of payload format 1.0 has the ARN of the request and its values in one string", () => {
    const event = toAuthorizerEvent1(REQUEST, ["one", "two"]);
    expect(event).toMatchObject({
      version: "1.0",
      type: "REQUEST",
      methodArn: "arn:aws:execute-api:us-east-1:123456789012:local/$default/POST/reports/7",
      identitySource: "one,two",
      httpMethod: "POST",
      headers: { cookie: "a=1; b=2" },
    });
    expect(event).not.toHaveProperty("body");
    expect(event.requestContext).not.toHaveProperty("authorizer");
  });

  test("a function behind the authorizer finds the context in its event of either format", () => {
    const request = { ...REQUEST, authorizer: { userId: "u-1" } };
    expect(toEvent(request).requestContext).toMatchObject({ authorizer: { lambda: { userId: "u-1" } } });
    expect(toEvent1(request).requestContext.authorizer).toEqual({ userId: "u-1" });
  });
});

describe("policies", () => {
  const arn = "arn:aws:execute-api:us-east-1:123456789012:local/$default";
  const answerTo = async (Statement: unknown) => {
    const result = {
      principalId: "u-1",
      policyDocument: { Version: "2012-10-17", Statement },
      context: { a: 1 },
    };
    return send(result, { payloadVersion: "1.0", simpleResponses: false });
  };
  const statement = (Effect: string, Resource: unknown, Action: unknown = "execute-api:Invoke") => ({
    Effect,
    Resource,
    Action,
  });

  test("a policy that allows the request lets it pass, with the principal in the context", async () => {
    const { statusCode, received } = await answerTo([statement("Allow", `${arn}/POST/*`)]);
    expect([statusCode, received?.authorizer]).toEqual([200, { a: 1, principalId: "u-1" }]);
  });

  test.each([
    ["another method", [statement("Allow", `${arn}/GET/*`)]],
    ["no resource", [statement("Allow", [])]],
    ["another action", [statement("Allow", "*", "s3:GetObject")]],
    ["a longer path", [statement("Allow", `${arn}/POST/reports/7/pages`)]],
    ["a pattern of a regular expression", [statement("Allow", `${arn.replace("aws", ".ws")}/POST/.+`)]],
    ["a statement that denies it too", [statement("Allow", "*"), statement("Deny", `${arn}/*/reports/?`)]],
    ["no statement", []],
  ])("a policy with %s denies the request", async (_name, statements) => {
    expect(await answerTo(statements)).toMatchObject({ statusCode: 403, message: "Forbidden" });
  });

  test("a policy with a condition is answered with 500, because this machine does not evaluate it", async () => {
    const { statusCode, onInvalidResult } = await answerTo([{ ...statement("Allow", "*"), Condition: {} }]);
    expect(statusCode).toBe(500);
    expect(onInvalidResult).toHaveBeenCalledWith(expect.stringContaining("Condition"));
  });

  test("an answer without a policy is answered with 500", async () => {
    const options = { payloadVersion: "1.0", simpleResponses: false } as const;
    expect(await send({ isAuthorized: true }, options)).toMatchObject({ statusCode: 500 });
  });
});
