import { expect, test, vi } from "vitest";
import type { HttpEvent } from "../../../shared/lambda/http-event.ts";
import { originOf } from "../../../shared/lambda/origin.ts";
import {
  functionUrlEvent,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

const EXECUTE_API = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";

const HOSTILE = {
  Host: "evil.example",
  "X-Forwarded-Host": "evil.example",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-Port": "8080",
  Forwarded: "host=evil.example;proto=http",
};

/** Returns an event with headers that the client chose. AWS sets the domain name. */
function withHeaders(event: HttpEvent, headers: Readonly<Record<string, string>>): HttpEvent {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...event, headers: { ...event.headers, ...Object.fromEntries(lowerCase) } } as HttpEvent;
}

test.each<[string, HttpEvent, origin: string]>([
  ["API Gateway, payload 2.0", httpApiEvent({ url: `${EXECUTE_API}/path?a=1` }), EXECUTE_API],
  ["API Gateway, payload 1.0", httpApiEvent1({ url: `${EXECUTE_API}/path` }), EXECUTE_API],
  ["a REST API", restApiEvent({ url: `${EXECUTE_API}/path` }), EXECUTE_API],
  ["a custom domain, payload 2.0", httpApiEvent(), "https://app.example.com"],
  ["a custom domain, payload 1.0", httpApiEvent1(), "https://app.example.com"],
  ["a function URL", functionUrlEvent(), "https://abcdefghij.lambda-url.us-east-1.on.aws"],
])("the origin of a request to %s is HTTPS and the domain name", (_name, event, origin) => {
  expect(originOf(event)).toBe(origin);
  expect(originOf(withHeaders(event, HOSTILE))).toBe(origin);
});

test.each(["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "http://localhost"])(
  "the origin of a request to the local run is %s",
  (origin) => {
    for (const toEvent of [httpApiEvent, httpApiEvent1])
      expect(originOf(toEvent({ url: `${origin}/path` }))).toBe(origin);
  },
);

test("the origin is in lower case, as browsers send it", () => {
  const event = httpApiEvent();
  const requestContext = { ...event.requestContext, domainName: "App.Example.COM" };
  expect(originOf({ ...event, requestContext })).toBe("https://app.example.com");
});

test.each([undefined, ""])(
  "an event with the domain name %j is an error, and the Host header does not count",
  (name) => {
    const event = httpApiEvent();
    const requestContext = { ...event.requestContext, domainName: name };
    expect(() => originOf({ ...event, requestContext } as never)).toThrow(
      expect.objectContaining({ name: "OptionError", option: "PUBLIC_ORIGIN" }),
    );
  },
);

test("PUBLIC_ORIGIN is the origin behind a proxy, which calls the function under another name", () => {
  vi.stubEnv("PUBLIC_ORIGIN", "https://www.example.com");
  expect(originOf(httpApiEvent({ url: EXECUTE_API, headers: HOSTILE }))).toBe("https://www.example.com");
});

test.each(["www.example.com", "https://www.example.com/", "https://www.example.com/path", "none"])(
  "the PUBLIC_ORIGIN %j is an error that names the variable",
  (PUBLIC_ORIGIN) => {
    expect(() => originOf(httpApiEvent(), { PUBLIC_ORIGIN })).toThrow(
      expect.objectContaining({ name: "OptionError", option: "PUBLIC_ORIGIN" }),
    );
  },
);

test("an empty PUBLIC_ORIGIN counts as absent", () => {
  expect(originOf(httpApiEvent(), { PUBLIC_ORIGIN: "" })).toBe("https://app.example.com");
});
