/**
 * Reports misuse at construction: a setting that is wrong or contradicts another one. The message begins with
 * the option's name, which the property `option` contains too.
 */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  /** Name of the option as the caller wrote it, such as `cookie.sameSite`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`);
    this.option = option;
  }
}
