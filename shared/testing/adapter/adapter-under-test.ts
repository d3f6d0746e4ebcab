import type { EventForm } from "../../gateway/event-forms/event-form.ts";
import type { HeaderLines, WireRequest, WireResponse } from "../../gateway/event-forms/wire.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { AnyData, Session } from "../../session/session.ts";

/** Request as the framework of an adapter passes it to its handlers. */
export interface ScriptedRequest {
  readonly method: string;
  readonly body: Buffer;
}

/** Response of a script, which the adapter's test builds with the means of its framework. */
export interface ScriptedResponse {
  readonly statusCode: number;
  /** Headers without cookies. Each name occurs once. */
  readonly headers: HeaderLines;
  /** Values of Set-Cookie headers, in order. */
  readonly cookies: readonly string[];
  readonly body: string | Buffer;
}

/** Handler of one case. It may throw or reject. */
export type Script = (
  session: Session,
  request: ScriptedRequest,
) => ScriptedResponse | Promise<ScriptedResponse>;

/** Sends a request to an application that was started. */
export interface Send {
  (request: WireRequest): Promise<WireResponse>;
  /** Stops the application. Default: there is nothing to stop. */
  readonly close?: () => void | Promise<void>;
}

/** Adapter that a suite is run with. */
export interface AdapterUnderTest {
  readonly name: string;
  /** Values that pass of a header which occurs several times, as in the event form. Default: `all`. */
  readonly repeatedHeaders?: EventForm["repeatedHeaders"];
  /**
   * Starts an application of one handler, which answers every method and path by the script. An error of the
   * script becomes a rejection or a response with a status from 500.
   */
  start(withSession: WithSession<AnyData>, script: Script): Send | Promise<Send>;
}

/** Case of a suite, for the `test` function of any test runner. */
export interface AdapterCase {
  /** Sentence that says what must happen. */
  readonly name: string;
  /** Rejects with an AssertionError if the adapter fails. */
  readonly run: () => Promise<void>;
}
