/** Printable ASCII without quotes and backslashes, in words. */
const ACR = /^[!#-[\]-~]+( [!#-[\]-~]+)*$/;
const MOST_CHARACTERS = 200;

/**
 * Returns whether a string names authentication contexts, separated by spaces (`acr_values`, OpenID Connect
 * Core 1.0, section 3.1.2.1). It has at most 200 characters.
 */
export function isAcr(acr: string): boolean {
  return ACR.test(acr) && acr.length <= MOST_CHARACTERS;
}
