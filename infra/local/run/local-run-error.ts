/**
 * A problem of the local run that the developer can solve: a wrong setting, a port in use, a stack that
 * does not synthesize. Its message is all there is to print.
 */
export class LocalRunError extends Error {
  override readonly name = "LocalRunError";
}
