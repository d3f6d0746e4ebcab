import type { HeaderTransportOptions } from "../../../../shared/header-transport.ts";
import { createWithSession } from "../../../../shared/header-transport.ts";
import type { SessionInterface } from "../../../../shared/index.ts";
import type { SessionHandler } from "../../../../shared/lambda.ts";
import {
  MemoryStore,
  RevocableCookieSessionInterface,
  ServerSideSessionInterface,
  SessionDirectory,
} from "../../../../shared/server-side.ts";
import type { SessionSettings } from "../../../../shared/session/session-settings.ts";
import type { EventRequest } from "../../../../shared/testing.ts";
import {
  ApiClient,
  Browser,
  Clock,
  httpApiEvent,
  LogCollector,
  lambdaContext,
} from "../../../../shared/testing.ts";

/** Key that signs the sessions of these tests. */
export const KEY = "a secret key of at least 32 bytes, for tests";

export const ADA = { id: "1", name: "Ada" };

/** Storages whose sessions can be revoked, so that their tokens may be kept by applications. */
export const STORAGES = ["dynamodb", "revocable-cookie"] as const;

/** Handler of a test. */
// biome-ignore lint/suspicious/noExplicitAny: handlers of tests take the events of every payload format
export type AnyHandler = SessionHandler<Record<string, any>, any>;

/** A clock, a log and a store, with clients of handlers whose sessions are in headers. */
export class HeaderFixture {
  readonly clock = new Clock();
  readonly log = new LogCollector();
  readonly store = new MemoryStore();
  readonly sessionInterface: SessionInterface;
  readonly directory: SessionDirectory;
  readonly options: HeaderTransportOptions;

  constructor(
    storage: (typeof STORAGES)[number] = "dynamodb",
    transport: HeaderTransportOptions["transport"] = "header",
    settings: SessionSettings = {},
  ) {
    const { log } = this.log;
    const clock = this.clock.now;
    const options = { store: this.store, keys: [KEY], settings, clock, log };
    const isInStore = storage === "dynamodb";
    this.sessionInterface = isInStore
      ? new ServerSideSessionInterface(options)
      : new RevocableCookieSessionInterface(options);
    const records = isInStore ? { store: this.store } : {};
    this.directory = new SessionDirectory({ users: this.store, ...records, clock, log });
    this.options = { sessionInterface: this.sessionInterface, transport, settings, log };
  }

  wrap(handler: AnyHandler) {
    return createWithSession(this.options)(handler);
  }

  /** Returns a client whose every request calls this handler. */
  client(handler: AnyHandler, token?: string): ApiClient {
    const options = { clock: this.clock.now, ...(token !== undefined && { token }) };
    return new ApiClient({ $default: this.wrap(handler) }, options);
  }

  browser(handler: AnyHandler): Browser {
    return new Browser({ $default: this.wrap(handler) }, { clock: this.clock.now });
  }

  /** Calls a handler with the event of one request. */
  call(handler: AnyHandler, request: EventRequest = {}) {
    return this.wrap(handler)(httpApiEvent(request), lambdaContext());
  }

  /** Returns the token of a new session with data. */
  async begin(data: Readonly<Record<string, unknown>> = { color: "red" }): Promise<string> {
    const client = this.client((_event, session) => {
      for (const [key, value] of Object.entries(data)) session.set(key, value);
      return "begun";
    });
    await client.post("/");
    if (client.token === undefined) throw new Error("the session has no token");
    return client.token;
  }
}

/** Returns the data of the session, and why its token was refused. */
export const show: AnyHandler = (_event, session) => ({ data: session, refusal: session.refusal });
