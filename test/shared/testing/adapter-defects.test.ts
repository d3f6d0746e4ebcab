import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { EVENT_FORMS } from "lambda-sessions/gateway";
import type { HttpResult } from "lambda-sessions/lambda";
import { type AdapterUnderTest, adapterCases } from "lambda-sessions/testing";
import { expect, test } from "vitest";
import { openExchange, type SessionExchange } from "../../../shared/adapters/session-exchange.ts";
import type { AnyData, Session } from "../../../shared/index.ts";
import { runScript } from "../adapters/bare-adapter.ts";

/** A request on its way through an adapter. */
interface Call {
  readonly exchange: SessionExchange<AnyData>;
  /** Calls the handler. Default: with the session of the request. */
  readonly run: (session?: Session) => Promise<HttpResult>;
}

/** Parts of an adapter that a defect replaces. */
interface Defect {
  /** Changes the event before the session layer sees it. */
  readonly toEvent?: (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2;
  readonly respond?: (call: Call) => Promise<HttpResult>;
  /** Changes the result, of which `own` is the handler's. */
  readonly toResult?: (result: HttpResult, own: HttpResult | undefined) => HttpResult;
}

/** Returns the result as an adapter without a defect does. */
async function respondRightly({ exchange, run }: Call): Promise<HttpResult> {
  let own: HttpResult;
  try {
    own = await run();
  } catch (error) {
    return exchange.fail(error);
  }
  return exchange.save(own);
}

const [form] = EVENT_FORMS;

function adapterWith({
  toEvent = (event) => event,
  respond = respondRightly,
  toResult = (result) => result,
}: Defect): AdapterUnderTest {
  return {
    name: "an adapter with a defect",
    start: (withSession, script) => {
      const handler = async (event: APIGatewayProxyEventV2): Promise<HttpResult> => {
        const exchange = await openExchange(withSession, toEvent(event));
        if (!exchange.session) return toResult(exchange.refusal, undefined);
        let own: HttpResult | undefined;
        const run = async (session = exchange.session) => {
          own = await runScript(script, event, session);
          return own;
        };
        return toResult(await respond({ exchange, run }), own);
      };
      return async (request) => {
        if (form === undefined) throw new Error("there is no event form");
        return form.invoke(handler, request);
      };
    },
  };
}

/** Returns the names of the cases that fail. */
async function failing(adapter: AdapterUnderTest): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of adapterCases(adapter)) await run().catch(() => failed.push(name));
  return failed;
}

function isRefusal(result: HttpResult, own: HttpResult | undefined): boolean {
  return result.statusCode !== own?.statusCode;
}

function without(headers: object = {}, name: string) {
  return Object.fromEntries(Object.entries(headers).filter(([own]) => own !== name));
}

let another: Session | undefined;

const DEFECTS: Readonly<Record<string, readonly [Defect, string]>> = {
  "sends the last of the session's cookies alone": [
    {
      toResult: (result, own) => {
        const count = own?.cookies?.length ?? 0;
        const [mine = [], last = []] = [
          result.cookies?.slice(0, count),
          result.cookies?.slice(count).slice(-1),
        ];
        return { ...result, cookies: [...mine, ...last] };
      },
    },
    "other cookies of the session's name are deleted before it is set",
  ],
  "sends the handler's cookies with a refusal": [
    {
      toResult: (result, own) =>
        isRefusal(result, own)
          ? { ...result, cookies: [...(own?.cookies ?? []), ...(result.cookies ?? [])] }
          : result,
    },
    "a session that is too large is refused with 413",
  ],
  "sends a refusal without Vary": [
    {
      toResult: (result, own) =>
        isRefusal(result, own) ? { ...result, headers: without(result.headers, "vary") } : result,
    },
    "a store whose read fails is answered with 503 and Retry-After",
  ],
  "sends a refusal without its cookies": [
    { toResult: (result, own) => (isRefusal(result, own) ? { ...result, cookies: [] } : result) },
    "a change of a session that ended meanwhile is refused with 409",
  ],
  "saves the session of a handler that failed, without its cookie": [
    {
      respond: async ({ exchange, run }) => {
        const own = await run().catch(() => undefined);
        const saved = await exchange.save(own ?? { statusCode: 500 });
        return own === undefined ? { statusCode: 500 } : saved;
      },
    },
    "a handler that rejects saves nothing in a store, and sends no cookie",
  ],
  "leaves the session of a handler that failed open": [
    {
      respond: async ({ exchange, run }) => {
        const own = await run().catch(() => undefined);
        return own === undefined ? { statusCode: 500 } : exchange.save(own);
      },
    },
    "a handler that throws saves nothing in a cookie, and sends no cookie",
  ],
  "answers every error of the handler with 500": [
    {
      respond: async ({ exchange, run }) => {
        try {
          return await exchange.save(await run());
        } catch (error) {
          exchange.fail(error).catch(() => {});
          return { statusCode: 500 };
        }
      },
    },
    "a store that fails while the handler runs is answered with 503 and Retry-After",
  ],
  "does not wait for the store": [
    {
      respond: async ({ exchange, run }) => {
        const own = await run();
        const turns = new Promise<HttpResult>((resolve) => setImmediate(() => setImmediate(resolve, own)));
        return Promise.race([exchange.save(own), turns]);
      },
    },
    "the response waits until a slow store has the change",
  ],
  "passes the session of another request to the handler": [
    {
      respond: async ({ exchange, run }) => {
        another = exchange.session;
        await new Promise((resolve) => setImmediate(resolve));
        return exchange.save(await run(another));
      },
    },
    "requests in parallel each get their own visitor's session",
  ],
  "calls the handler again": [
    {
      respond: async ({ exchange, run }) => {
        await run();
        return respondRightly({ exchange, run });
      },
    },
    "all requests in parallel of one visitor are counted",
  ],
  "decodes cookies": [
    {
      toEvent: (event) => ({
        ...event,
        cookies: (event.cookies ?? []).map((one) => one.replaceAll("%2E", ".")),
      }),
    },
    "an encoded spelling of the cookie opens no session",
  ],
  "passes no Origin header": [
    {
      toEvent: (event) => ({ ...event, headers: without(event.headers, "origin") as Record<string, string> }),
    },
    "a request of another origin is refused with 403, and does not reach the handler",
  ],
};

const ROWS = Object.entries(DEFECTS).map(([what, [defect, name]]) => [what, name, defect] as const);

test.each(ROWS)("an adapter that %s fails the case: %s", async (_what, name, defect) => {
  expect(await failing(adapterWith(defect))).toContain(name);
});

test("an adapter that stands on an exchange and has no defect fails no case", async () => {
  expect(await failing(adapterWith({}))).toEqual([]);
});
