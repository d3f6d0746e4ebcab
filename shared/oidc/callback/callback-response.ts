import type { RefusalReason } from "../refusals.ts";
import type { SignInContext } from "../sign-in-context.ts";
import type { SignInState } from "../transaction/transaction.ts";

/** The provider's response to an authorization request, with the state that we sealed. */
export interface CallbackResponse {
  /** The parameters `code`, `state`, `iss` and `error`, each once and not empty. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly state: SignInState;
}

/** Parameters that are read. All others are ignored, such as `error_description` and `session_state`. */
const PARAMETERS = ["code", "state", "iss", "error"] as const;

/** A parameter: visible ASCII characters and spaces (RFC 6749, appendix A), or nothing. */
const VALUE = /^[ -~]{0,4096}$/;

/**
 * Maximum length of a response that is sealed, percent-encoded. The address with it fits the 10,240 bytes
 * that API Gateway allows for the line and the headers of a request.
 */
const MOST_TO_SEAL = 6144;

/** Seconds in which the browser must follow the redirect after a form. */
const REDIRECT_LIFETIME = 120;

/** Seconds for which a state's return path is used, although the transaction is gone. */
const STATE_LIFETIME = 86_400;

/**
 * Reads the provider's response from the query of the callback, or from its sealed parameter `response`.
 *
 * @returns the reason of the refusal if it is malformed, or its state is not ours
 */
export async function readResponse(
  context: SignInContext,
  query: URLSearchParams,
): Promise<CallbackResponse | RefusalReason> {
  const sent = query.has("response") ? await unsealResponse(context, query) : query;
  if (typeof sent === "string") return sent;
  const parameters = pickParameters(sent);
  if (parameters === undefined) return "malformed_response";
  const state = parameters.get("state");
  if (state === undefined) return "missing_state";
  const age = { now: context.client.nowSeconds, maxAge: STATE_LIFETIME };
  const unsealed = await context.states.unseal(state, age);
  if (unsealed.refusal === undefined) return { parameters, state: unsealed.value };
  return unsealed.refusal === "expired" ? "expired_state" : "malformed_state";
}

/**
 * Seals the provider's response from a form, for the redirect to `GET /sign-in/callback`: a form of another
 * site brings no Lax cookies, but the navigation that follows does.
 *
 * @returns `undefined` if it is malformed or too long
 */
export async function sealResponse(
  { responses, client }: SignInContext,
  form: URLSearchParams,
): Promise<string | undefined> {
  const parameters = pickParameters(form);
  if (parameters === undefined) return undefined;
  const query = new URLSearchParams([...parameters]).toString();
  return query.length > MOST_TO_SEAL ? undefined : responses.seal(query, client.nowSeconds);
}

async function unsealResponse(
  { responses, client }: SignInContext,
  query: URLSearchParams,
): Promise<URLSearchParams | RefusalReason> {
  const age = { now: client.nowSeconds, maxAge: REDIRECT_LIFETIME };
  const unsealed = await responses.unseal(query.get("response") ?? "", age);
  if (unsealed.refusal === undefined) return new URLSearchParams(unsealed.value);
  return unsealed.refusal === "expired" ? "expired_response" : "malformed_response";
}

/** Returns the parameters, or `undefined` if one is repeated (RFC 6749, section 3.1) or no value. */
function pickParameters(sent: URLSearchParams): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const name of PARAMETERS) {
    const [value = "", ...further] = sent.getAll(name);
    if (further.length > 0 || !VALUE.test(value)) return undefined;
    if (value !== "") parameters.set(name, value);
  }
  return parameters;
}
