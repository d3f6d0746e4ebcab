/**
 * Declarations of the settings, and functions that declare more of them, for programs that read settings from
 * another source.
 */

export {
  boolean,
  integer,
  nonEmptyString,
  type OptionKind,
  oneOf,
  string,
  type ValueOf,
} from "./options/option-kind.ts";
export {
  type OptionDeclaration,
  type OptionsOf,
  type OptionTable,
  option,
} from "./options/option-table.ts";
export { isOrigin, isTrustableOrigin } from "./options/origin.ts";
export { COOKIE_SETTINGS } from "./session/cookie-settings.ts";
export { SESSION_SETTINGS } from "./session/session-settings.ts";
