import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { provideAwsLambda } from "lambda-sessions/gateway";
import { createWithSession, requireUser } from "lambda-sessions/lambda";
import { type StreamingHandler, streamSession } from "lambda-sessions/streaming";
import { httpApiEvent, lambdaContext } from "lambda-sessions/testing";
import { describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { ResponseStream } from "../../../../shared/gateway/event-forms/response-stream.ts";
import { SessionUnavailableError } from "../../../../shared/index.ts";

interface Data {
  user: string;
}

provideAwsLambda();
const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession<Data>({ sessionInterface, log: () => {} });

/** Calls a streaming handler with an event, and returns the stream that it writes to. */
function call(handler: StreamingHandler<Data, ReturnType<typeof httpApiEvent>>, event = httpApiEvent()) {
  const stream = new ResponseStream();
  const finished = streamSession(withSession, handler)(
    event,
    stream as never,
    lambdaContext(),
  ) as Promise<void>;
  return { stream, finished };
}

/** Returns the prelude and the body that were written. */
function read({ bytes }: ResponseStream) {
  const end = bytes.indexOf(Buffer.alloc(8));
  return { prelude: JSON.parse(bytes.toString("utf8", 0, end)), body: bytes.toString("utf8", end + 8) };
}

/** Waits until something has happened, up to the test's timeout. */
async function until(hasHappened: () => boolean): Promise<void> {
  while (!hasHappened()) await new Promise((resolve) => setImmediate(resolve));
}

async function* chunks(...values: string[]): AsyncGenerator<string> {
  yield* values;
}

const NEVER = new Promise<never>(() => {});

async function* endless(): AsyncGenerator<string> {
  yield await NEVER;
}

describe("the prelude", () => {
  test("a streamed response begins with the status, the headers and the session's cookie after the handler's", async () => {
    const { stream, finished } = call((_event, session) => {
      session.set("user", "Ada");
      return { statusCode: 201, headers: { vary: "Accept" }, cookies: ["a=1, 2"], body: chunks("x") };
    });
    await finished;
    expect(stream.contentType).toBe("application/vnd.awslambda.http-integration-response");
    expect(read(stream)).toEqual({
      prelude: {
        statusCode: 201,
        headers: { vary: "Accept, Cookie", "cache-control": "no-store" },
        cookies: ["a=1, 2", expect.stringMatching(/^__Host-session=/)],
      },
      body: "x",
    });
  });

  test("the prelude is sent before the first byte of the body is there", async () => {
    const { stream, finished } = call(() => ({ statusCode: 200, body: endless() }));
    await until(() => stream.bytes.includes(Buffer.alloc(8)));
    expect(read(stream)).toEqual({ prelude: { statusCode: 200 }, body: "" });
    stream.destroy();
    await finished;
  });

  test("a response without a body has a prelude too", async () => {
    const { stream, finished } = call(() => ({ statusCode: 303, headers: { location: "/" } }));
    await finished;
    expect(read(stream)).toEqual({ prelude: { statusCode: 303, headers: { location: "/" } }, body: "" });
    expect(stream.writableEnded).toBe(true);
  });
});

describe("the body", () => {
  test.each<[string, () => unknown]>([
    ["a string", () => "a€"],
    ["bytes", () => new TextEncoder().encode("a€")],
    ["an async generator", () => chunks("a", "€")],
    ["a Readable", () => Readable.from([Buffer.from("a"), Buffer.from("€")])],
    ["a ReadableStream", () => new Blob(["a", "€"]).stream()],
  ])("%s is sent unchanged", async (_kind, body) => {
    const { stream, finished } = call(() => ({ statusCode: 200, body: body() as string }));
    await finished;
    expect(read(stream).body).toBe("a€");
  });

  test("a body in Base64 is decoded, because a stream has bytes", async () => {
    const { stream, finished } = call(() => ({ statusCode: 200, body: "4oKs", isBase64Encoded: true }));
    await finished;
    expect(read(stream)).toEqual({ prelude: { statusCode: 200 }, body: "€" });
  });

  test("a value without a status is sent as JSON, as without streaming", async () => {
    const { stream, finished } = call(() => ({ visits: 1 }));
    await finished;
    expect(read(stream).body).toBe('{"visits":1}');
  });

  test("a stream that is returned alone is an error with the remedy, and is stopped", async () => {
    const body = Readable.from(["x"]);
    await expect(call(() => body).finished).rejects.toThrow("return { statusCode: 200, body: stream }");
    expect(body.destroyed).toBe(true);
  });

  test("a stream in a result without a status is an error with the remedy, and is stopped", async () => {
    const body = Readable.from(["x"]);
    await expect(call(() => ({ body })).finished).rejects.toThrow("return { statusCode: 200, body: stream }");
    expect(body.destroyed).toBe(true);
  });

  test("the source is asked for the next chunk when the client has taken the ones before", async () => {
    let pulled = 0;
    const stream = new ResponseStream({ highWaterMark: 10 });
    const taken: (() => void)[] = [];
    stream._write = (_chunk, _encoding, done) => void taken.push(done);
    async function* source() {
      for (; pulled < 5; pulled++) yield "a chunk over the mark";
    }
    const handler = streamSession(withSession, () => ({ statusCode: 200, body: source() }));
    const finished = handler(httpApiEvent(), stream as never, lambdaContext());
    await until(() => taken.length === 1);
    expect(pulled).toBe(0);
    stream._write = (_chunk, _encoding, done) => done();
    taken.pop()?.();
    await finished;
    expect(pulled).toBe(5);
  });
});

describe("a body that changes the session after it was saved", () => {
  test.each<[string, (session: Parameters<StreamingHandler<Data, never>>[1]) => unknown]>([
    ["session.set() was called", (session) => session.set("user", "Eve")],
    ["session.clear() was called", (session) => session.clear()],
    ["session.signIn() was called", (session) => session.signIn({ id: "1", name: "Eve" })],
    ["session.flash() was called", (session) => session.flash("late")],
    ["session.update() was called", (session) => session.update("user", () => "Eve")],
    [
      "session.permanent was set",
      (session) => {
        session.permanent = true;
      },
    ],
  ])("a body in which %s throws an error that names it", async (late, change) => {
    const { stream, finished } = call((_event, session) => {
      session.set("user", "Ada");
      async function* body() {
        yield "before";
        change(session);
        yield "after";
      }
      return { statusCode: 200, body: body() };
    });
    await expect(finished).rejects.toThrow(`${late} after the response began`);
    expect(read(stream).body).toBe("before");
  });

  test.each<[string, (session: Parameters<StreamingHandler<Data, never>>[1]) => unknown]>([
    ["a value", (session) => session.get("user")],
    ["the user", (session) => session.user],
    ["whether it is new", (session) => session.isNew],
  ])(
    "a body that reads %s of a session which was not used before throws, because caches may store it",
    async (_what, use) => {
      const { stream, finished } = call((_event, session) => {
        async function* body() {
          yield "before";
          yield `${use(session)}`;
        }
        return { statusCode: 200, body: body() };
      });
      await expect(finished).rejects.toThrow("the session was used after the response began");
      expect(read(stream)).toEqual({ prelude: { statusCode: 200 }, body: "before" });
    },
  );

  test("the session can still be read in the body", async () => {
    const { stream, finished } = call((_event, session) => {
      session.set("user", "Ada");
      async function* body() {
        yield `${session.get("user")} ${session.permanent}`;
      }
      return { statusCode: 200, body: body() };
    });
    await finished;
    expect(read(stream).body).toBe("Ada false");
  });
});

describe("guards", () => {
  const handler = requireUser<Data>((_event, session) => ({
    statusCode: 200,
    body: chunks(session.user.name),
  }));

  test("a guard in front of a streaming handler sends visitors to the sign-in", async () => {
    const { stream, finished } = call(handler, httpApiEvent({ headers: { accept: "text/html" } }));
    await finished;
    expect(read(stream).prelude).toMatchObject({
      statusCode: 303,
      headers: { location: expect.stringMatching(/^\/sign-in/) },
    });
  });

  test("a guard lets a user through to the stream", async () => {
    const signIn = withSession((_event, session) => {
      session.signIn({ id: "1", name: "Ada" });
      return null;
    });
    const [cookie = ""] = (await signIn(httpApiEvent(), lambdaContext())).cookies ?? [];
    const event = httpApiEvent({ headers: { cookie: cookie.split(";", 1).join() } });
    const { stream, finished } = call(handler, event);
    await finished;
    expect(read(stream)).toMatchObject({ prelude: { statusCode: 200 }, body: "Ada" });
  });
});

describe("a stream that is not sent", () => {
  /** Returns a body of each kind with a function that tells whether it was stopped. */
  const KINDS: [string, () => { body: AsyncIterable<string>; isStopped: () => boolean }][] = [
    [
      "a Readable",
      () => {
        const body = new Readable({ read() {} });
        return { body, isStopped: () => body.destroyed };
      },
    ],
    [
      "a ReadableStream",
      () => {
        const cancel = vi.fn();
        return { body: new ReadableStream({ cancel }), isStopped: () => cancel.mock.calls.length === 1 };
      },
    ],
    [
      "a generator",
      () => {
        const body = endless();
        const stop = vi.spyOn(body, "return");
        return { body, isStopped: () => stop.mock.calls.length === 1 };
      },
    ],
  ];

  test.each(KINDS)("%s is stopped when a refusal replaces the response", async (_kind, make) => {
    const { body, isStopped } = make();
    const { stream, finished } = call((_event, session) => {
      session.set("user", "x".repeat(5000));
      return { statusCode: 200, body };
    });
    await finished;
    expect(read(stream).prelude.statusCode).toBe(413);
    expect(isStopped()).toBe(true);
  });

  test.each(KINDS)("%s is stopped after a HEAD request", async (_kind, make) => {
    const { body, isStopped } = make();
    const { stream, finished } = call(() => ({ statusCode: 200, body }), httpApiEvent({ method: "HEAD" }));
    await finished;
    expect([read(stream).body, isStopped()]).toEqual(["", true]);
  });

  test.each(KINDS)(
    "%s is stopped when the session cannot be saved for an unknown reason",
    async (_kind, make) => {
      const { body, isStopped } = make();
      const save = () => Promise.reject(new TypeError("unknown"));
      const failing = createWithSession<Data>({
        sessionInterface: { open: (r) => sessionInterface.open(r), save },
      });
      const handler = streamSession(failing, () => ({ statusCode: 200, body }));
      const stream = new ResponseStream();
      await expect(handler(httpApiEvent(), stream as never, lambdaContext())).rejects.toThrow("unknown");
      expect([stream.bytes.length, isStopped()]).toEqual([0, true]);
    },
  );

  test.each(KINDS)("%s is stopped when the client is gone, and the function ends", async (_kind, make) => {
    const { body, isStopped } = make();
    const { stream, finished } = call(() => ({ statusCode: 200, body }));
    await until(() => stream.bytes.length > 0);
    stream.destroy();
    await once(stream, "close");
    await finished;
    await until(isStopped);
  });
});

describe("failures", () => {
  test("an error of the stream ends the function with it, and the response is not completed", async () => {
    const { stream, finished } = call(() => ({
      statusCode: 200,
      body: (async function* () {
        yield "half";
        throw new RangeError("mine");
      })(),
    }));
    await expect(finished).rejects.toThrow(new RangeError("mine"));
    expect([read(stream).body, stream.writableEnded]).toEqual(["half", false]);
  });

  test("a file that cannot be opened fails the function before the first byte, and does not end the process", async () => {
    const body = createReadStream("/does/not/exist");
    const slow = createWithSession<Data>({
      sessionInterface: {
        open: (request) => sessionInterface.open(request),
        save: async (session, request) => {
          await new Promise<void>((resolve) => body.once("close", () => resolve()));
          return sessionInterface.save(session, request);
        },
      },
      log: () => {},
    });
    const stream = new ResponseStream();
    const handler = streamSession(slow, () => ({ statusCode: 200, body }));
    await expect(handler(httpApiEvent(), stream as never, lambdaContext())).rejects.toThrow("ENOENT");
    expect(stream.bytes.length).toBe(0);
  });

  test("an error of the handler ends the function before the first byte", async () => {
    const { stream, finished } = call(() => {
      throw new RangeError("mine");
    });
    await expect(finished).rejects.toThrow(new RangeError("mine"));
    expect(stream.bytes.length).toBe(0);
  });

  test("a store that fails is answered with 503, as without streaming", async () => {
    const open = () => Promise.reject(new SessionUnavailableError("the table is down"));
    const failing = createWithSession({
      sessionInterface: { open, save: async () => ({ vary: false }) },
      log: () => {},
    });
    const stream = new ResponseStream();
    await streamSession(failing, () => null)(httpApiEvent(), stream as never, lambdaContext());
    expect(read(stream).prelude).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
  });

  test("outside Lambda's runtime, the error names the global and what tests do", () => {
    vi.stubGlobal("awslambda", undefined);
    expect(() => streamSession(withSession, () => null)).toThrow("provideAwsLambda");
    vi.unstubAllGlobals();
  });

  test("a global that a client of the AWS SDK has set is completed, and is an error before", () => {
    vi.stubGlobal("awslambda", { InvokeStore: 1 });
    expect(() => streamSession(withSession, () => null)).toThrow("provideAwsLambda");
    provideAwsLambda();
    expect(streamSession(withSession, () => null)).toBeTypeOf("function");
    expect(awslambda).toHaveProperty("InvokeStore", 1);
    vi.unstubAllGlobals();
  });
});
