import { OptionError } from "../../options/option-error.ts";

/** Further parameters of the authorization request, by name. */
export type FurtherParameters = Readonly<Record<string, string>>;

/** Parameters that the sign-in sets itself, or that could replace those in the address. */
const OWN = [
  "client_id",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "max_age",
  "acr_values",
  "request",
  "request_uri",
];

/** @throws OptionError for a parameter that the sign-in sets itself, or that is no string */
export function assertFurtherParameters(parameters: FurtherParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const option = `parameters.${name}`;
    if (OWN.includes(name)) throw new OptionError(option, "is set by the sign-in itself; leave it out");
    if (typeof value !== "string" || value === "")
      throw new OptionError(option, "must be a non-empty string");
  }
}
