import type { HeaderLines } from "../../gateway/event-forms/wire.ts";
import type { Random } from "../random.ts";
import type { AdapterUnderTest, ScriptedResponse } from "./adapter-under-test.ts";

/** Uses of a session. Those with `change` send the session's cookie. */
const SESSION_USES = ["none", "read", "change", "change", "clear and change"] as const;

/** Request and response of one step, made of random parts. */
export interface RandomStep {
  readonly method: string;
  readonly use: (typeof SESSION_USES)[number];
  readonly response: ScriptedResponse;
}

const METHODS = ["GET", "GET", "POST", "PUT", "DELETE", "HEAD"];
const STATUSES = [200, 200, 200, 201, 204, 301, 303, 304, 307, 400, 404, 422, 500];
const NAMES = ["a", "theme", "__Secure-b", "cart.1", "A", "session", "x_y!"];
const VALUES = ["1", "", '"a, b"', "x=y==", "%2C%3B", "a b", "~/?:@", "0".repeat(300)];
const ATTRIBUTES = [
  "Expires=Wed, 21 Oct 2037 07:28:00 GMT",
  "expires=Thu, 01 Jan 1970 00:00:00 GMT",
  "Max-Age=0",
  "Path=/",
  "path=/a,b",
  "Domain=example.com",
  "Secure",
  "HttpOnly",
  "SameSite=None",
  "Partitioned",
];
const HEADERS: HeaderLines = [
  ["x-own", "a, b"],
  ["vary", "Accept-Language"],
  ["cache-control", "public, max-age=60"],
  ["cache-control", "private"],
  ["etag", '"a,b"'],
  ["link", "</a>; rel=preload, </b>; rel=preload"],
];

/** Returns a step whose response fits the adapter: as many cookies as reach the client through it. */
export function randomStep(random: Random, { repeatedHeaders = "all" }: AdapterUnderTest): RandomStep {
  const use = random.pick(SESSION_USES);
  const statusCode = random.pick(STATUSES);
  const room = repeatedHeaders === "all" ? 5 : Number(!use.endsWith("change"));
  const cookies = Array.from({ length: random.between(0, room) }, () => randomCookie(random));
  const header = random.chance(0.7) ? [random.pick(HEADERS)] : [];
  const hasBody = ![204, 304].includes(statusCode);
  return {
    method: random.pick(METHODS),
    use,
    response: {
      statusCode,
      headers: [["content-type", "application/octet-stream"], ...header],
      cookies,
      body: hasBody ? randomBody(random) : "",
    },
  };
}

function randomCookie(random: Random): string {
  const attributes = ATTRIBUTES.filter(() => random.chance(0.3));
  return [`${random.pick(NAMES)}=${random.pick(VALUES)}`, ...attributes].join("; ");
}

function randomBody(random: Random): string | Buffer {
  if (random.chance(0.5)) return "ä".repeat(random.between(0, 40));
  return Buffer.from(Array.from({ length: random.between(0, 40) }, () => random.between(0, 255)));
}
