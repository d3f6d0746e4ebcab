import { isAcr } from "../../lambda/acr.ts";
import { toReturnPath } from "./return-path.ts";

/** The wishes of a sign-in: what the query of `GET /sign-in` asks for. */
export interface SignInRequest {
  /** Path to which the sign-in returns. */
  readonly returnTo: string;
  /**
   * Maximum age of the authentication in seconds. With it or `acr`, the provider asks for a new
   * authentication.
   */
  readonly maxAge?: number | undefined;
  /** Authentication contexts of which one is required, separated by spaces (`acr_values`). */
  readonly acr?: string | undefined;
  /** True if the session outlives the browser window. */
  readonly remember?: true | undefined;
  /** True if the provider lets the visitor choose an account, as after a sign-out. */
  readonly select?: true | undefined;
}

/** Maximum age that can be asked for: ten years. */
const MOST_SECONDS = 315_360_000;

/**
 * Reads the query of `GET /sign-in`: `returnTo`, `maxAge`, `acr` (several times or with spaces),
 * `remember=true`, `prompt=select_account`.
 *
 * @returns `undefined` if `maxAge` or `acr` is malformed, because the sign-in would be weaker than intended
 */
export function readSignInRequest(query: URLSearchParams): SignInRequest | undefined {
  const [age, acr] = [query.get("maxAge"), query.getAll("acr").join(" ")];
  if (age !== null && !(/^\d{1,9}$/.test(age) && Number(age) <= MOST_SECONDS)) return undefined;
  if (query.has("acr") && !isAcr(acr)) return undefined;
  return {
    returnTo: toReturnPath(query.get("returnTo")),
    ...(age !== null && { maxAge: Number(age) }),
    ...(query.has("acr") && { acr }),
    ...(query.get("remember") === "true" && { remember: true as const }),
    ...(query.get("prompt") === "select_account" && { select: true as const }),
  };
}

/** Returns the path and the query that begin a sign-in with these wishes. */
export function signInPath({ returnTo, maxAge, acr, remember, select }: SignInRequest): string {
  const query = new URLSearchParams({
    ...(returnTo !== "/" && { returnTo }),
    ...(maxAge !== undefined && { maxAge: `${maxAge}` }),
    ...(acr !== undefined && { acr }),
    ...(remember && { remember: "true" }),
    ...(select && { prompt: "select_account" }),
  });
  return query.size === 0 ? "/sign-in" : `/sign-in?${query}`;
}

/** Returns whether a sign-in asks for a new authentication (step-up). */
export function isStepUp({ maxAge, acr }: SignInRequest): boolean {
  return maxAge !== undefined || acr !== undefined;
}
