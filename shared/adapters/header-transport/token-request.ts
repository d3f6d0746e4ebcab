import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { explainOutside } from "../../cookie/cookie-reach.ts";
import { type HttpEvent, HttpRequest, headerValues } from "../../lambda/http-event.ts";
import { OptionError } from "../../options/option-error.ts";
import { oneOf, type ValueOf } from "../../options/option-kind.ts";
import type { ResolvedCookie } from "../../session/cookie-settings.ts";
import type { SessionRequest } from "../../session/session-interface.ts";
import { type ResolvedSource, resolveSource, type SettingsSource } from "../../session/settings-source.ts";
import { headerNames } from "../header-names.ts";
import { toPlainEvent } from "../plain-event.ts";
import { hasBearer, readBearer } from "./bearer-token.ts";

const TRANSPORT = oneOf(["header", "both"]);

/**
 * Transport of the tokens of sessions: in headers alone, or in cookies for browsers and in headers for
 * others.
 */
export type HeaderTransport = ValueOf<typeof TRANSPORT>;

/** Options of the transport. */
export interface TransportOptions {
  /**
   * `header`: no request is answered by its cookies. `both`: requests with `Authorization: Bearer` or
   * `Session-Transport: header` use headers and their cookies are ignored; all others use cookies.
   */
  readonly transport: HeaderTransport;
  /** Settings of the session interface, the same as it has. Default: none, like the session interface's. */
  readonly settings?: SettingsSource | undefined;
}

/** Request whose session is in a header. */
export interface TokenRequest {
  /** The request as an event that has the token as its cookie. It has no header of the page that sent it. */
  readonly event: APIGatewayProxyEventV2;
  /** Cookie that the session interface reads. */
  readonly cookie: ResolvedCookie;
}

/** Finds the tokens in the headers of requests, and presents them as session interfaces expect them. */
export class TokenRequests {
  readonly transport: HeaderTransport;
  readonly #settings: ResolvedSource;

  /** @throws OptionError that names the option */
  constructor(options: TransportOptions) {
    const { transport, settings = {} }: TransportOptions = Object(options);
    if (!TRANSPORT.includes(transport)) throw new OptionError("transport", `must be ${TRANSPORT.allowed}`);
    this.transport = transport;
    this.#settings = resolveSource(settings);
  }

  /** Returns the request with its token, or `undefined` for a request that uses cookies. */
  read(event: HttpEvent): TokenRequest | undefined {
    const authorization = headerValues(event, "authorization").map(String);
    if (this.transport === "both" && !hasBearer(authorization) && !asksForHeader(event)) return undefined;
    const request = new HttpRequest(event);
    const { cookie } = typeof this.#settings === "function" ? this.#settings(request) : this.#settings;
    const token = readBearer(authorization);
    const cookies = token === undefined ? [] : [`${cookie.name}=${token}`];
    const { method, address } = request;
    const path = reach(cookie, request);
    const headers = headersWithoutPage(event, request);
    return { event: toPlainEvent({ method, path, cookies, address }, headers), cookie };
  }
}

/** Returns whether a client without a token asks for one in a header. */
function asksForHeader(event: HttpEvent): boolean {
  const values = headerValues(event, "session-transport");
  return values.length === 1 && /^header$/i.test(String(values[0]));
}

/** Returns the path, or that of the cookie: a client that sends tokens sends them to every path. */
function reach(cookie: ResolvedCookie, request: SessionRequest): string {
  return explainOutside(cookie, request) === undefined ? request.path : cookie.path;
}

/**
 * Returns the headers without cookies, and without the relation to the page that sent the request: a session
 * whose token is in a header is withheld by no SameSite rule.
 */
function headersWithoutPage(event: HttpEvent, request: HttpRequest): Record<string, string | undefined> {
  const kept = headerNames(event).filter((name) => name !== "cookie" && name !== "sec-fetch-site");
  return Object.fromEntries(kept.map((name) => [name, request.header(name)]));
}
