/**
 * What keeps the local run from starting and the developer can mend: a wrong setting, a port in use, a stack that
 * does not synthesize. Its message is all there is to print.
 */
export class LocalRunError extends Error {
  override readonly name = "LocalRunError";
}
