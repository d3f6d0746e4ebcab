import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { HttpResult } from "../../lambda/http-result.ts";
import { addHeaders, sendResult, toResult } from "./node-headers.ts";
import { checkCall, drop, type Method, type SendCall, send } from "./send-call.ts";

/** Callbacks of a response that is held. */
export interface Holder {
  /**
   * Saves the session. Resolves to the response with the session's headers and no body, or to a refusal with
   * a body, which replaces the response.
   */
  save(own: HttpResult): Promise<HttpResult>;
  /**
   * Receives an error of saving. If nothing was sent, the holder resets the head, and another response can
   * follow.
   */
  fail(error: unknown): void;
}

/** Methods that send the head of a response, and those that change it. */
const SENDING = ["writeHead", "write", "end", "flushHeaders"] as const;
const CHANGING = ["setHeader", "appendHeader", "removeHeader"] as const;

/**
 * Methods that must keep their place among the writes, or Node sends a chunk after the end. HTTP/2 has none.
 */
const ORDERED = ["cork", "uncork"] as const;

/**
 * Holds a response back from its first byte until the session is saved. To its handler it looks as if it had
 * been sent: `headersSent` is true, a later header throws, and `write` returns false until 'drain'.
 */
export class HeldResponse {
  readonly #response: ServerResponse;
  readonly #before: OutgoingHttpHeaders;
  readonly #holder: Holder;
  readonly #held: SendCall[] = [];
  readonly #drainListeners: Method[] = [];
  #state: "waiting" | "saving" | "sent" | "refused" | "failed" = "waiting";

  /** @param before headers that remain if a refusal replaces the response */
  constructor(response: ServerResponse, before: OutgoingHttpHeaders, holder: Holder) {
    this.#response = response;
    this.#before = before;
    this.#holder = holder;
    for (const name of SENDING) this.#replace(name, (method, args) => this.#send({ name, method, args }));
    // An old name of the same method, by which the head would be sent without the session.
    Object.assign(response, { writeHeader: (...args: [number]) => response.writeHead(...args) });
    for (const name of CHANGING) this.#replace(name, (method, args) => this.#change(method, args));
    for (const name of ORDERED)
      if (name in response) this.#replace(name, (method, args) => this.#order({ name, method, args }));
    this.#overlay("headersSent", () => true);
    this.#overlay("writableEnded", () => this.#holds("end"));
    this.#overlay("writableNeedDrain", () => this.#holds("write"));
    if (Object.hasOwn(response, "on")) this.#replace("on", (method, args) => this.#listen(method, args));
  }

  #replace(name: string & keyof ServerResponse, call: (method: Method, args: unknown[]) => unknown): void {
    const response = this.#response as unknown as Record<string, Method>;
    const method = response[name] as Method;
    response[name] = (...args) => call(method, args);
  }

  /** Gives a property another value while the session is being saved. */
  #overlay(name: keyof ServerResponse, value: () => boolean): void {
    const response = this.#response;
    const below = Object.getOwnPropertyDescriptor(response, name)?.get;
    const read = below ?? (() => Reflect.get(Object.getPrototypeOf(response), name, response));
    const get = () => (this.#state === "saving" ? value() : read.call(response));
    Object.defineProperty(response, name, { configurable: true, get });
  }

  #holds(name: SendCall["name"]): boolean {
    return this.#held.some((call) => call.name === name);
  }

  #change(method: Method, args: unknown[]): unknown {
    if (this.#state === "saving") throw headersSent();
    return method.apply(this.#response, args);
  }

  #order(call: SendCall): unknown {
    return this.#state === "saving" ? void this.#held.push(call) : send(this.#response, call);
  }

  /** Collects listeners that a middleware which compresses would add to its own stream instead. */
  #listen(method: Method, args: unknown[]): unknown {
    if (args[0] === "drain") this.#drainListeners.push(args[1] as Method);
    return method.apply(this.#response, args);
  }

  #send(call: SendCall): unknown {
    const response = this.#response;
    if (this.#state === "waiting" || this.#state === "saving") return this.#hold(call);
    // The calls by which Node sends the head of the refusal come here if the middleware of another session
    // holds it.
    const isReplaced =
      (this.#state === "refused" && response.headersSent) ||
      (this.#state === "failed" && response.writableEnded);
    return isReplaced ? drop(response, call) : send(response, call);
  }

  #hold(sent: SendCall): unknown {
    if (this.#state === "saving" && sent.name === "writeHead") throw headersSent();
    // Node ignores what follows the end of a response that was sent.
    if (this.#holds("end")) return drop(this.#response, sent);
    const { call, statusCode } = checkCall(this.#response, sent);
    if (this.#state === "waiting") this.#save(statusCode);
    this.#held.push(call);
    return call.name === "write" ? false : this.#response;
  }

  #save(statusCode: number): void {
    const own = toResult(this.#response, statusCode);
    this.#state = "saving";
    this.#holder.save(own).then(
      (result) => (result.body === undefined ? this.#release(own, result) : this.#refuse(result)),
      (error) => this.#fail(error),
    );
  }

  /** Sends the response with the session's headers. */
  #release(own: HttpResult, result: HttpResult): void {
    const response = this.#response;
    this.#state = "sent";
    let written: unknown;
    try {
      addHeaders(response, own, result);
      if (this.#held[0]?.name !== "writeHead") response.statusCode = own.statusCode ?? 200;
      for (const call of this.#held) {
        const returned = send(response, call);
        if (call.name === "write") written = returned;
      }
    } catch (error) {
      if (!response.headersSent) this.#fail(error);
      else response.destroy(error as Error);
      return;
    }
    if (written === true && !this.#holds("end")) this.#drain();
  }

  #drain(): void {
    this.#response.emit("drain");
    for (const listener of this.#drainListeners) listener.call(this.#response);
  }

  /**
   * Sends a refusal, unless a timeout has answered meanwhile. The handler may still be writing its response,
   * which is dropped.
   */
  #refuse(refusal: HttpResult): void {
    this.#state = "sent";
    if (!this.#response.headersSent) sendResult(this.#response, this.#before, refusal);
    this.#state = "refused";
    for (const call of this.#held) drop(this.#response, call);
  }

  /**
   * Drops the response. The holder resets its head, so that the response which the framework makes of the
   * error can follow.
   */
  #fail(error: unknown): void {
    this.#state = "failed";
    for (const call of this.#held) drop(this.#response, call);
    this.#holder.fail(error);
  }
}

function headersSent(): Error {
  const error = new Error("Cannot change headers after the response has begun");
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}
