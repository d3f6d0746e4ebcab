/** Thrown when a command on deployed keys fails. Its message is printed alone and contains no key. */
export class KeyCommandError extends Error {
  override readonly name = "KeyCommandError";
}
