/**
 * Error of the local run that the developer can solve, such as an invalid setting, a port in use or a stack
 * that does not synthesize. Only its message is printed.
 */
export class LocalRunError extends Error {
  override readonly name = "LocalRunError";
}
