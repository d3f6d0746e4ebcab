/**
 * A setting that is unknown, wrong or contradicts another; the message is one sentence for the person who
 * gave it.
 */
export class SettingError extends Error {
  override readonly name = "SettingError";
}
