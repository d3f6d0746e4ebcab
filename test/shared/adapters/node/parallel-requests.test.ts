import { createWithSession } from "lambda-sessions/lambda";
import { nodeSession } from "lambda-sessions/node";
import { expect, onTestFinished, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { SessionInterface } from "../../../../shared/index.ts";
import { MemoryStore, ServerSideSessionInterface } from "../../../../shared/server-side.ts";
import { runsOf } from "../../../support/proofs.ts";
import { serve } from "./node-server.ts";
import { sendAtOnce } from "./pipelines.ts";

/** Visitors with sessions in cookies, and in a store. */
const IN_COOKIES = runsOf({ all: 100_000, sampled: 4_000 });
const IN_STORE = runsOf({ all: 10_000, sampled: 2_000 });

const keys = ["a secret key of at least 32 bytes, for tests"];
const log = () => {};

/**
 * Resolves for all who wait when their number is complete, in an order that is not the one of their arrival.
 */
class Barrier {
  readonly #size: number;
  #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  pass(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === this.#size) {
      const [even, odd] = [0, 1].map((rest) => this.#waiting.filter((_, index) => index % 2 === rest));
      this.#waiting = [];
      for (const open of [...(odd ?? []).toReversed(), ...(even ?? [])]) open();
    }
    return promise;
  }
}

/** Starts a server in which no request gets a response before all of them have their sessions. */
async function startServer(sessionInterface: SessionInterface, visitors: number, errors: unknown[]) {
  const withSession = createWithSession<{ visitor: string; visits: number }>({ sessionInterface, log });
  const sessions = nodeSession(withSession);
  const barrier = new Barrier(visitors);
  const server = await serve((request, response) => {
    sessions(request, response, async (error) => {
      if (error) errors.push(error);
      const session = sessions.of(request);
      const visitor = session.get("visitor") ?? request.url ?? "";
      session.set("visitor", visitor);
      await barrier.pass();
      session.set("visits", (session.get("visits") ?? 0) + 1);
      response.write(`${visitor} `);
      response.end(`${sessions.of(request).get("visitor")} ${session.get("visits")}`);
    });
  });
  onTestFinished(server.close);
  return server;
}

test.each([
  [IN_COOKIES, "in cookies", () => new SecureCookieSessionInterface({ keys, log })],
  [IN_STORE, "in a store", () => new ServerSideSessionInterface({ keys, log, store: new MemoryStore() })],
])(
  "%i requests in parallel in one process each have their own visitor's session %s",
  async (visitors, _name, create) => {
    const errors: unknown[] = [];
    const server = await startServer(create(), visitors, errors);
    const paths = Array.from({ length: visitors }, (_, index) => `/${index}`);
    let cookies: (string | undefined)[] = [];
    for (const visits of [1, 2]) {
      const isFirst = visits === 1;
      const requests = paths.map((path, index) => ({ path: isFirst ? path : "/", cookie: cookies[index] }));
      const responses = await sendAtOnce(server.port, requests);
      const isWrong = (body: string, index: number) => body !== `${paths[index]} ${paths[index]} ${visits}`;
      const wrong = responses.filter(({ body }, index) => isWrong(body, index)).slice(0, 3);
      expect([responses.length, wrong, errors]).toEqual([visitors, [], []]);
      cookies = responses.map(({ cookie }, index) => cookie ?? cookies[index]);
      expect(new Set(cookies).size).toBe(visitors);
    }
  },
  // Half a minute of processor time, which a busy machine shares.
  900_000,
);
