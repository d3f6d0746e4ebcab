import {
  EVENT_FORMS,
  provideAwsLambda,
  STREAMING_FORMS,
  type WireRequest,
  type WireResponse,
} from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/header-transport";
import type { Script, Send } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { bareAdapter } from "../bare-adapter.ts";
import { middyAdapter } from "../middy/middy-adapter.ts";
import { middlewares } from "../middy/middy-engine.ts";
import { nodeAdapter } from "../node/node-adapter.ts";
import { streamingAdapter } from "../streaming/streaming-adapter.ts";
import { webAdapter } from "../web/web-adapter.ts";
import { HeaderFixture } from "./header-fixture.ts";

provideAwsLambda();

const ADAPTERS = [
  ...EVENT_FORMS.map(bareAdapter),
  ...EVENT_FORMS.map((form) => middyAdapter(form, middlewares)),
  ...STREAMING_FORMS.map(streamingAdapter),
  webAdapter,
  nodeAdapter,
];

const OWN_COOKIES = ["a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "b=2", "c=3"];

/** Counts the visits of a session, signs out by POST, and answers a token that was refused with 401. */
const COUNT: Script = async (session, { method }) => {
  const response = { statusCode: 200, headers: [], cookies: [], body: "" };
  if (session.refusal) return { ...response, statusCode: 401 };
  if (method !== "POST") return { ...response, body: `${await session.increment("visits")}` };
  session.signOut();
  return response;
};

function request(method: string, ...headers: WireRequest["headers"]): WireRequest {
  return { method, path: "/", queryString: "", headers, body: Buffer.alloc(0) };
}

function valuesOf({ headers }: WireResponse, name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

async function using(send: Send, use: (send: Send) => Promise<void>): Promise<void> {
  try {
    await use(send);
  } finally {
    await send.close?.();
  }
}

describe.each(ADAPTERS)("$name", (adapter) => {
  test("a client with a token begins, continues and ends a session without a cookie", async () => {
    const { options } = new HeaderFixture("dynamodb", "both");
    await using(await adapter.start(createWithSession(options), COUNT), async (send) => {
      const first = await send(request("GET", ["session-transport", "header"]));
      const [token = ""] = valuesOf(first, "session-token");
      expect(token).toMatch(/^[\w.-]{50,}$/);
      expect(valuesOf(first, "cache-control")).toEqual(["no-store"]);
      expect(valuesOf(first, "vary")).toEqual(["Authorization, Session-Transport"]);
      const second = await send(request("GET", ["Authorization", `Bearer ${token}`]));
      expect(second.body.toString()).toBe("2");
      const refused = await send(request("GET", ["authorization", "Bearer a.b.c"]));
      expect(refused.statusCode).toBe(401);
      // A REST API renames the header.
      const names = ["www-authenticate", "x-amzn-remapped-www-authenticate"];
      expect(names.flatMap((name) => valuesOf(refused, name))).toEqual(['Bearer error="invalid_token"']);
      const out = await send(request("POST", ["AUTHORIZATION", `bearer ${token}`]));
      expect(valuesOf(out, "session-token")).toEqual(["deleted"]);
      expect([first, second, refused, out].flatMap((one) => valuesOf(one, "set-cookie"))).toEqual([]);
    });
  });

  test("a client with a token gets the handler's own cookies in their order, because the session needs none", async () => {
    const cookies = (adapter.repeatedHeaders ?? "all") === "all" ? OWN_COOKIES : OWN_COOKIES.slice(0, 1);
    const script: Script = (session) => {
      session.set("color", "red");
      return { statusCode: 200, headers: [], cookies, body: "" };
    };
    const { options } = new HeaderFixture();
    await using(await adapter.start(createWithSession(options), script), async (send) => {
      const response = await send(request("POST"));
      expect(valuesOf(response, "set-cookie")).toEqual(cookies);
      expect(valuesOf(response, "session-token")).toHaveLength(1);
    });
  });

  test("a client with a token gets refusals as problem details without a token", async () => {
    const { options } = new HeaderFixture();
    const script: Script = (session) => {
      session.set("large", "x".repeat(500_000));
      return { statusCode: 200, headers: [], cookies: OWN_COOKIES.slice(0, 1), body: "saved" };
    };
    await using(await adapter.start(createWithSession(options), script), async (send) => {
      const response = await send(request("POST", ["accept", "application/json"]));
      expect(response.statusCode).toBe(413);
      expect(valuesOf(response, "content-type")).toEqual(["application/problem+json"]);
      expect([valuesOf(response, "session-token"), valuesOf(response, "set-cookie")]).toEqual([[], []]);
    });
  });
});
