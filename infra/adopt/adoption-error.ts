/** Thrown when a project cannot be adopted as asked. Its message is printed alone; no file was changed. */
export class AdoptionError extends Error {
  override readonly name = "AdoptionError";
}
