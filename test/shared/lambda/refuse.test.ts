import { describe, expect, test } from "vitest";
import { refuse } from "../../../shared/lambda/refuse.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

const SENTENCE = "You have no such session.";

describe.each([
  ["payload 2.0", httpApiEvent],
  ["a function URL", functionUrlEvent],
  ["payload 1.0 of an HTTP API", httpApiEvent1],
  ["payload 1.0 of a REST API", restApiEvent],
])("a refused request of %s", (_name, toEvent) => {
  test("a refused request without an Accept header gets the sentence as plain text", () => {
    const { multiValueHeaders = {}, ...response } = refuse(toEvent(), 404, SENTENCE);
    expect(multiValueHeaders).toEqual({});
    expect(response).toEqual({
      statusCode: 404,
      headers: { "content-type": "text/plain; charset=utf-8", vary: "Accept" },
      body: `${SENTENCE}\n`,
    });
  });

  test("a refused request gets problem details when its Accept header prefers JSON", () => {
    const {
      body = "",
      statusCode,
      headers,
    } = refuse(toEvent({ headers: { Accept: "application/json" } }), 404, SENTENCE);
    expect(statusCode).toBe(404);
    expect(headers).toEqual({ "content-type": "application/problem+json", vary: "Accept" });
    expect(JSON.parse(body)).toEqual({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: SENTENCE,
    });
  });

  test("all of several Accept headers of a refused request count", () => {
    const event = toEvent({ headers: { Accept: ["text/html;q=0.5", "application/json"] } });
    expect(refuse(event, 404, SENTENCE).headers).toMatchObject({
      "content-type": "application/problem+json",
    });
  });
});

test.each([undefined, "application/json"])(
  "a refusal carries further headers beside its own (Accept: %s)",
  (accept) => {
    const event = httpApiEvent({ headers: { ...(accept && { accept }) } });
    expect(refuse(event, 503, "Please try again.", { "retry-after": "1" }).headers).toMatchObject({
      "retry-after": "1",
      vary: "Accept",
    });
  },
);

test("problem details of an unusual status have no title", () => {
  const { body = "" } = refuse(httpApiEvent({ headers: { accept: "application/json" } }), 418, "No coffee.");
  expect(JSON.parse(body)).toEqual({ type: "about:blank", status: 418, detail: "No coffee." });
});

test("an event without headers gets the sentence", () => {
  const event = { ...httpApiEvent(), headers: undefined } as never;
  expect(refuse(event, 400, "Please give a name.").body).toBe("Please give a name.\n");
});
