import { CookieJar } from "../testing/cookie-jar.ts";
import { type LoopbackRequest, type LoopbackResponse, sendOverLoopback } from "./loopback-request.ts";
import { SECOND_FACTOR_CODE } from "./pages/sign-in-pages.ts";

/** Request that the provider makes a browser send to the application. */
export interface ApplicationRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Fields of the form, with the response mode `form_post`. */
  readonly form?: Readonly<Record<string, string>>;
}

/**
 * Decision of a visitor on the provider's pages: a person's id, or to cancel. Without one, a page is an
 * error.
 */
type Choice = { readonly person: string } | "cancel" | undefined;

/** Most requests of one visit, so that a loop of redirects ends. */
const MOST_STEPS = 20;

/**
 * Browser of one visitor at the local provider, for tests without a real browser: it keeps the provider's
 * cookies, follows its redirects, submits its forms, and returns the request with which the application goes
 * on. Give that to the application's handler, for example with `Browser`.
 */
export class ProviderVisitor {
  readonly #jar = new CookieJar();

  /**
   * Signs in as a person, entering the code if there is a second factor. `url` is the authorization request.
   */
  async signInAs(person: string, url: string): Promise<ApplicationRequest> {
    return this.#visit(url, { person });
  }

  /** Cancels the sign-in on the page where a person is chosen. */
  async cancel(url: string): Promise<ApplicationRequest> {
    return this.#visit(url, "cancel");
  }

  /**
   * Opens a URL of the provider that asks nothing: a request for sign-out, or for a sign-in by somebody who
   * is signed in already.
   *
   * @throws Error if a page asks for a person
   */
  async open(url: string): Promise<ApplicationRequest> {
    return this.#visit(url, undefined);
  }

  async #visit(url: string, choice: Choice): Promise<ApplicationRequest> {
    const { origin } = new URL(url);
    let request: ApplicationRequest = { method: "GET", url };
    for (let step = 0; step < MOST_STEPS; step++) {
      if (new URL(request.url).origin !== origin) return request;
      const response = await this.#send(request);
      request =
        response.location === undefined
          ? submitForm(response, request.url, choice)
          : { method: "GET", url: new URL(response.location, request.url).href };
    }
    throw new Error(`The provider did not return to the application within ${MOST_STEPS} requests.`);
  }

  async #send({ method, url, form }: ApplicationRequest): Promise<LoopbackResponse> {
    const cookie = this.#jar.header(url);
    const headers = {
      accept: "text/html",
      ...(cookie !== undefined && { cookie }),
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    };
    const request: LoopbackRequest = { method, url, headers };
    const body = form && new URLSearchParams(form).toString();
    const response = await sendOverLoopback(body === undefined ? request : { ...request, body });
    for (const setCookie of response.setCookies) this.#jar.store(setCookie, url);
    return response;
  }
}

/** Returns the request of the first form of a page, filled in by a visitor. */
function submitForm({ status, body }: LoopbackResponse, page: string, choice: Choice): ApplicationRequest {
  const [, action] = /<form [^>]*action="([^"]*)"/.exec(body) ?? [];
  if (action === undefined) throw new Error(`The provider answered ${status}: ${readText(body)}`);
  const asks = /name="person"/.test(body);
  if (asks && choice === undefined) throw new Error(`The provider asks who signs in: ${readText(body)}`);
  const hidden = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const fields = [...hidden].map(([, name = "", value = ""]) => [decode(name), decode(value)] as const);
  const chosen = choice === "cancel" ? { cancel: "yes" } : choice;
  return {
    method: "POST",
    url: new URL(decode(action), page).href,
    form: {
      ...Object.fromEntries(fields),
      ...(/name="digits"/.test(body) && { digits: SECOND_FACTOR_CODE }),
      ...(/name="logout"/.test(body) && { logout: "yes" }),
      ...(asks && chosen),
    },
  };
}

function readText(body: string): string {
  return decode((/<main>(.*)<\/main>/s.exec(body)?.[1] ?? body).replaceAll(/<[^>]*>/g, "")).replaceAll(
    /\s+/g,
    " ",
  );
}

function decode(text: string): string {
  const names: Readonly<Record<string, string>> = { quot: '"', lt: "<", gt: ">", amp: "&", apos: "'" };
  return text.replaceAll(/&(#\d+|#x[\da-f]+|quot|lt|gt|amp|apos);/gi, (_all, name: string) =>
    name.startsWith("#")
      ? String.fromCodePoint(Number(name.slice(1).replace(/^x/i, "0x")))
      : (names[name] ?? ""),
  );
}
