import { freshForFrom, hasOidcFrom } from "../../runtime/environment.ts";

/** True if visitors sign in at an identity provider, and not with the form of this page. */
export const hasOidc = hasOidcFrom(process.env);

/**
 * Seconds for which a sign-in opens `/demo/fresh`: those of the setting `freshFor`, but at most a minute, so
 * that a visitor of the demo is asked again soon.
 */
export const freshFor: number = Math.min(freshForFrom(process.env), 60);
