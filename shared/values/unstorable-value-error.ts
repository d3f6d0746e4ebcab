/**
 * Reports a value that a session cannot store. The message contains its path and the problem, never the
 * value.
 */
export class UnstorableValueError extends TypeError {
  override readonly name = "UnstorableValueError";
  /** Path of the value, such as `cart.items[2]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`session value at ${path} cannot be stored: ${problem}`);
    this.path = path;
  }
}
