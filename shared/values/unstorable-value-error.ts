/** A value that a session cannot store: the message says where it stands and why, never what it is. */
export class UnstorableValueError extends TypeError {
  override readonly name = "UnstorableValueError";
  /** Where the value stands, such as `cart.items[2]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`session value at ${path} cannot be stored: ${problem}`);
    this.path = path;
  }
}
