import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireResponse } from "lambda-sessions/gateway";
import { createWithSession } from "lambda-sessions/lambda";
import { type NodeSession, nodeSession } from "lambda-sessions/node";
import { onTestFinished } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { Session } from "../../../../shared/index.ts";
import { type Listener, type NodeServer, serve } from "./node-server.ts";

/** Session interface whose saves wait until the test lets them end. */
export class SlowSessions extends SecureCookieSessionInterface {
  readonly #gate = Promise.withResolvers<void>();
  /** Resolves when the first save has begun. */
  readonly begun = Promise.withResolvers<void>();
  saves = 0;

  constructor() {
    super({ keys: ["a secret key of at least 32 bytes, for tests"], log: () => {} });
  }

  /** Lets all saves end. */
  finish(): void {
    this.#gate.resolve();
  }

  /** Lets all saves fail. */
  fail(error: Error): void {
    this.#gate.reject(error);
  }

  override async save(...parameters: Parameters<SecureCookieSessionInterface["save"]>) {
    this.saves += 1;
    const saved = super.save(...parameters);
    this.begun.resolve();
    await this.#gate.promise;
    return saved;
  }
}

/** Handler of a test. */
export type Handle = (request: IncomingMessage, response: ServerResponse, session: Session) => unknown;

/** Server of one handler, with a session interface that is in the test's hands. */
export interface NodeApplication extends NodeServer {
  readonly sessionInterface: SlowSessions;
  readonly sessions: ReturnType<typeof nodeSession>;
  /** Errors that were passed to `next`. */
  readonly errors: unknown[];
}

/** Returns the listener of a handler. An error is answered with 500. */
export function listen(
  sessions: NodeSession<Record<string, unknown>>,
  handle: Handle,
  errors: unknown[] = [],
): Listener {
  return (request, response) => {
    const fail = (error: unknown) => {
      errors.push(error);
      sessions.fail(request, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end("failed");
    };
    sessions(request, response, async (error) => {
      if (error) return fail(error);
      try {
        await handle(request, response, sessions.of(request));
      } catch (error) {
        fail(error);
      }
    });
  };
}

/**
 * Starts a server. Its saves wait for `sessionInterface.finish()` if `slow`; `first` is called before the
 * session is opened.
 */
export async function startNode(
  handle: Handle,
  { slow = false, first = () => {} }: { slow?: boolean; first?: (response: ServerResponse) => void } = {},
): Promise<NodeApplication> {
  const sessionInterface = new SlowSessions();
  if (!slow) sessionInterface.finish();
  const errors: unknown[] = [];
  const sessions = nodeSession(createWithSession({ sessionInterface, log: () => {} }));
  const listener = listen(sessions, handle, errors);
  const server = await serve((request, response) => {
    first(response);
    listener(request, response);
  });
  onTestFinished(server.close);
  return { ...server, sessionInterface, sessions, errors };
}

/** Returns the values of a header. */
export function valuesOf({ headers }: WireResponse, name: string): string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}
