import { OptionError } from "../../options/option-error.ts";
import type { Session } from "../../session/session.ts";
import { html } from "../../values/types/html.ts";
import { prefersJson } from "../accept.ts";
import { htmlPage } from "../html-page.ts";
import { type HttpEvent, HttpRequest, headerValues } from "../http-event.ts";
import { type HttpResult, textResult } from "../http-result.ts";
import { isRead, returnPathOf, toOwnPath } from "./return-path.ts";

/** Options of a guard. */
export interface GuardOptions {
  /**
   * Path of the sign-in as browsers request it, with the stage if the address has one. Default: `/sign-in`.
   */
  readonly signIn?: string;
  /**
   * Path of the page with the form, which a visitor sees again after a form was refused. Default: that of the
   * Referer, if it is the application's own, else `/`.
   */
  readonly form?: string;
}

/** Sign-in that a guard asks for. */
export interface SignInDemand {
  readonly signIn: string | undefined;
  readonly form: string | undefined;
  /** URI of the problem's type (RFC 9457). */
  readonly type: string;
  /** Sentence for the visitor. */
  readonly detail: string;
  /** Parameters of the sign-in, which problem details have as members too. */
  readonly parameters?: SignInParameters;
}

/** Parameters of a sign-in that a handler demands. */
interface SignInParameters {
  /** Maximum age of the authentication, in seconds. */
  readonly maxAge: number;
  /** Authentication contexts, of which one suffices. */
  readonly acr?: readonly string[] | undefined;
}

const HEADERS = { vary: "Accept, Sec-Fetch-Mode", "cache-control": "private, no-store" };

/** @throws OptionError for a path that is not one of the application's own */
export function checkGuardOptions({ signIn, form }: GuardOptions): void {
  if (signIn !== undefined && (toOwnPath(signIn) !== signIn || /[?#]/.test(signIn)))
    throw new OptionError("signIn", "must be a path such as /sign-in, without a query");
  if (form !== undefined && toOwnPath(form) !== form)
    throw new OptionError("form", "must be the path of the page with the form, such as /settings");
}

/**
 * Returns the response that asks a visitor to sign in: problem details for a client that prefers JSON, a
 * sentence for another request of a script, a redirect for a page, and a page that continues to the sign-in
 * for a form. A form is never sent again: its visitor sees the form's page, with a flashed message.
 */
export function askToSignIn(event: HttpEvent, session: Session, demand: SignInDemand): HttpResult {
  const request = new HttpRequest(event);
  if (prefersJson(headerValues(event, "accept").join())) return toProblem(demand);
  if (!isNavigation(request)) return textResult(401, `${demand.detail}\n`, HEADERS);
  const address = toAddress(demand, returnPathOf(event, demand.form));
  if (isRead(request)) return { statusCode: 303, headers: { ...HEADERS, location: address } };
  session.flash("Your form was not sent, because you had to sign in first. Please send it again.");
  const body = html`<p>Your form was not sent. You can send it again when you have signed in.</p>
<p><a href="${address}">Sign in</a></p>`;
  const page = htmlPage(401, demand.detail, body, address);
  return { ...page, headers: { ...page.headers, ...HEADERS } };
}

/** A browser names the mode of each request (Fetch Metadata); a script could not follow to a provider. */
function isNavigation(request: HttpRequest): boolean {
  return (request.header("sec-fetch-mode") ?? "navigate") === "navigate";
}

function toProblem(demand: SignInDemand): HttpResult {
  const { type, detail, parameters } = demand;
  const signIn = toAddress(demand);
  const problem = { type, title: "Unauthorized", status: 401, detail, signIn, ...parameters };
  return {
    statusCode: 401,
    headers: { "content-type": "application/problem+json", ...HEADERS },
    body: JSON.stringify(problem),
  };
}

/** Returns the address of the sign-in. Several values of `acr` are separated by spaces (OpenID Connect). */
function toAddress({ signIn = "/sign-in", parameters }: SignInDemand, returnTo?: string): string {
  const { maxAge, acr } = parameters ?? {};
  const query = new URLSearchParams({
    ...(returnTo !== undefined && { returnTo }),
    ...(maxAge !== undefined && { maxAge: `${maxAge}` }),
    ...(acr && { acr: acr.join(" ") }),
  });
  return query.size === 0 ? signIn : `${signIn}?${query}`;
}
