/** What keeps `npm run adopt` from its work; the message is all there is to print, and nothing was changed. */
export class AdoptionError extends Error {
  override readonly name = "AdoptionError";
}
