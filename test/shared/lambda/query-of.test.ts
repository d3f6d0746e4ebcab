import { expect, test } from "vitest";
import { queryOf } from "../../../shared/lambda/query-of.ts";
import { httpApiEvent, httpApiEvent1, restApiEvent } from "../../../shared/testing/events.ts";

const URL_WITH_QUERY = "/sign-in?returnTo=%2Fa%20b%3Fc%3Dd%26e&acr=x&acr=y&empty=&%C3%A4=%2B+";
const QUERY = [
  ["returnTo", "/a b?c=d&e"],
  ["acr", "x"],
  ["acr", "y"],
  ["empty", ""],
  ["ä", "+ "],
];

test.each([
  ["of an HTTP API", httpApiEvent],
  ["of an HTTP API with payload 1.0", httpApiEvent1],
  ["of a REST API", restApiEvent],
])("the query of an event %s is decoded once, with repeated names", (_name, create) => {
  expect([...new URLSearchParams(queryOf(create({ url: URL_WITH_QUERY })))]).toEqual(QUERY);
});

test.each([
  ["with", { multiValueQueryStringParameters: { returnTo: ["%2Fa%20b"], acr: ["x", "y"] } }, ["x", "y"]],
  [
    "without",
    { multiValueQueryStringParameters: undefined, queryStringParameters: { returnTo: "%2Fa%20b", acr: "y" } },
    ["y"],
  ],
])("the query of a load balancer %s multi-value headers is decoded", (_name, query, acr) => {
  const event = { ...restApiEvent(), ...query, requestContext: { elb: { targetGroupArn: "x" } } };
  const decoded = new URLSearchParams(queryOf(event as never));
  expect([decoded.get("returnTo"), decoded.getAll("acr")]).toEqual(["/a b", acr]);
});

test("an event without a query has an empty one", () => {
  expect([...new URLSearchParams(queryOf(httpApiEvent()))]).toEqual([]);
  expect([...new URLSearchParams(queryOf(httpApiEvent1()))]).toEqual([]);
});
