import { describe, expect, test } from "vitest";
import { CrossOriginProtection } from "../../../shared/lambda/cross-origin-protection.ts";
import { type HttpEvent, HttpRequest } from "../../../shared/lambda/http-event.ts";
import { functionUrlEvent, httpApiEvent, restApiEvent } from "../../../shared/testing/events.ts";

const OWN = "https://app.example.com";
const OTHER = "https://evil.example";
const TRUSTED = "https://partner.example";

type Headers = Readonly<Record<string, string>>;
type Row = [site: string | undefined, origin: string | undefined, verdict: "pass" | "refuse"];

const table: Row[] = [
  ["same-origin", undefined, "pass"],
  ["same-origin", OWN, "pass"],
  ["same-origin", OTHER, "pass"],
  ["none", undefined, "pass"],
  ["none", "null", "pass"],
  ["same-site", undefined, "refuse"],
  ["same-site", "https://other.example.com", "refuse"],
  ["same-site", OWN, "refuse"],
  ["cross-site", undefined, "refuse"],
  ["cross-site", OTHER, "refuse"],
  ["cross-site", OWN, "refuse"],
  ["cross-site", "null", "refuse"],
  ["something-new", undefined, "refuse"],
  ["Same-Origin", undefined, "refuse"],
  ["cross-site", TRUSTED, "pass"],
  ["same-site", TRUSTED, "pass"],
  [undefined, undefined, "pass"],
  [undefined, OWN, "pass"],
  [undefined, "http://app.example.com", "refuse"],
  [undefined, OTHER, "refuse"],
  [undefined, TRUSTED, "pass"],
  [undefined, "http://partner.example", "refuse"],
  [undefined, `${TRUSTED}:8443`, "refuse"],
  [undefined, "https://app.example.com.evil.example", "refuse"],
  [undefined, "https://example.com", "refuse"],
  [undefined, `${OWN}:8443`, "refuse"],
  [undefined, "null", "refuse"],
  [undefined, "app.example.com", "refuse"],
  [undefined, "https://", "refuse"],
  [undefined, "file://", "refuse"],
  [undefined, "", "refuse"],
];

function headersOf(site: string | undefined, origin: string | undefined): Headers {
  return {
    ...(site !== undefined && { "sec-fetch-site": site }),
    ...(origin !== undefined && { origin }),
  };
}

function judge(method: string, headers: Headers, trusted: readonly string[] = [TRUSTED]): string {
  const request = new HttpRequest(httpApiEvent({ method, headers }));
  return new CrossOriginProtection(trusted).refuses(request) ? "refuse" : "pass";
}

describe("an unsafe request", () => {
  test.each(table)("an unsafe request with Sec-Fetch-Site %s and Origin %s: %s", (site, origin, verdict) => {
    expect(judge("POST", headersOf(site, origin))).toBe(verdict);
  });

  test.each(table)(
    "an unsafe request of payload 1.0 with Sec-Fetch-Site %s and Origin %s: %s",
    (site, origin, verdict) => {
      const written = Object.entries({ host: "app.example.com", ...headersOf(site, origin) });
      const headers = Object.fromEntries(written.map(([name, value]) => [name.toUpperCase(), value]));
      const request = new HttpRequest(restApiEvent({ method: "POST", headers }));
      expect(new CrossOriginProtection([TRUSTED]).refuses(request)).toBe(verdict === "refuse");
    },
  );

  test("an unsafe request to a function URL is compared with the host of that URL", () => {
    const own = { method: "POST", headers: { origin: "https://abcdefghij.lambda-url.us-east-1.on.aws" } };
    const foreign = { method: "POST", headers: { origin: OWN } };
    const verdicts = [own, foreign].map((request) =>
      new CrossOriginProtection().refuses(new HttpRequest(functionUrlEvent(request))),
    );
    expect(verdicts).toEqual([false, true]);
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "get", "PROPFIND"])(
    "a request with method %s is unsafe",
    (method) => {
      expect(judge(method, headersOf("cross-site", OTHER))).toBe("refuse");
    },
  );

  test("an unsafe request with a malformed Origin is refused, even without a Host header", () => {
    const event = httpApiEvent({ method: "POST", headers: { origin: "null" } });
    const { host: _, ...headers } = event.headers;
    expect(new CrossOriginProtection().refuses(new HttpRequest({ ...event, headers }))).toBe(true);
  });

  test("an unsafe request is compared by its port too", () => {
    const request = (origin: string) =>
      new HttpRequest(httpApiEvent({ method: "POST", url: "http://localhost:3000/", headers: { origin } }));
    const protection = new CrossOriginProtection();
    expect(protection.refuses(request("http://localhost:3000"))).toBe(false);
    expect(protection.refuses(request("http://localhost:3001"))).toBe(true);
  });
});

test.each(["GET", "HEAD", "OPTIONS"])("a safe request from another site passes: %s", (method) => {
  expect(judge(method, headersOf("cross-site", OTHER))).toBe("pass");
});

describe("trusted origins", () => {
  test.each([
    "https://a.example",
    "http://localhost:5173",
    "https://a.example:8443",
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "http://tauri.localhost",
    "app://bundle:8080",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  ])("a trusted origin may be %s", (origin) => {
    expect(judge("POST", headersOf("cross-site", origin), [origin])).toBe("pass");
  });

  test.each<[unknown]>([
    [["a.example"]],
    [["https://a.example/"]],
    [["https://a.example/path"]],
    [["https://A.example"]],
    [["https://a.example:443"]],
    [["*"]],
    [["https://*.a.example"]],
    [["null"]],
    [["capacitor://"]],
    [["capacitor://localhost/"]],
    [["capacitor://localhost/path"]],
    [["capacitor://user@localhost"]],
    [["Capacitor://localhost"]],
    [["capacitor://LOCALHOST"]],
    [["capacitor:localhost"]],
    [["capacitor://*"]],
    [["file://"]],
    [["file://localhost"]],
    [["javascript://localhost"]],
    [["wss://a.example"]],
    [[""]],
    [[42]],
    ["https://a.example"],
    [{ origin: "https://a.example" }],
  ])("trusted origins that are no origins throw an error that names the option: %j", (origins) => {
    expect(() => new CrossOriginProtection(origins as string[])).toThrow(
      expect.objectContaining({ name: "OptionError", option: "trustedOrigins" }),
    );
  });
});

test("an application with a scheme of its own is refused unless its origin is trusted", () => {
  expect(judge("POST", { origin: "capacitor://localhost" })).toBe("refuse");
});

describe("an Origin without HTTPS and without Sec-Fetch-Site", () => {
  const host = "app.example.com";
  const balancer = (proto: string) => ({
    httpMethod: "POST",
    headers: { host, origin: `http://${host}`, "x-forwarded-proto": proto },
    requestContext: { elb: { targetGroupArn: "arn" } },
  });

  test.each<[string, HttpEvent, refused: boolean]>([
    ["an HTTP API", httpApiEvent({ method: "POST", headers: { origin: `http://${host}` } }), true],
    ["a REST API", restApiEvent({ method: "POST", headers: { Origin: `http://${host}` } }), true],
    [
      "a function URL",
      functionUrlEvent({
        method: "POST",
        headers: { origin: "http://abcdefghij.lambda-url.us-east-1.on.aws" },
      }),
      true,
    ],
    ["a load balancer with HTTPS", balancer("https") as never, true],
    ["a load balancer without HTTPS", balancer("http") as never, false],
  ])("an Origin that is the own host without HTTPS, at %s", (_name, event, refused) => {
    expect(new CrossOriginProtection().refuses(new HttpRequest(event))).toBe(refused);
  });

  test("an Origin with HTTPS passes behind a proxy that removed it", () => {
    const event = httpApiEvent({ method: "POST", headers: { origin: OWN, "x-forwarded-proto": "http" } });
    expect(new CrossOriginProtection().refuses(new HttpRequest(event))).toBe(false);
  });

  test.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])(
    "an Origin without HTTPS passes at the local run: %s",
    (local) => {
      const url = `http://${local}/`;
      const event = httpApiEvent({ method: "POST", url, headers: { origin: `http://${local}` } });
      expect(new CrossOriginProtection().refuses(new HttpRequest(event))).toBe(false);
    },
  );
});

describe("an Origin without Sec-Fetch-Site", () => {
  const post = (origin: string, host?: string) =>
    new CrossOriginProtection().refuses(
      new HttpRequest({
        headers: { origin, ...(host && { host }) },
        requestContext: { http: { method: "POST" } },
      } as never),
    );

  test.each([
    ["https://a.example", "a.example:443"],
    ["https://a.example", "A.Example"],
    ["http://localhost:3000", "localhost:3000"],
  ])("an Origin that is the host passes in any spelling of the host: %s at %s", (origin, host) => {
    expect(post(origin, host)).toBe(false);
  });

  test.each(["https://x@a.example", "https://a.example/evil", "https://a.example.", "file:///", "null"])(
    "an Origin that is not the host's is refused: %s",
    (origin) => {
      expect(post(origin, "a.example")).toBe(true);
      expect(post(origin)).toBe(true);
    },
  );
});
