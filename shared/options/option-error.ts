/**
 * Misuse found at construction: a setting that is wrong, or that contradicts another.
 * The message begins with the option's name, which `option` holds too.
 */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  /** The option as its caller wrote it, such as `cookie.sameSite`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`);
    this.option = option;
  }
}
