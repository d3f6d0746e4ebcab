/** What keeps a command about deployed keys from its work; the message is all there is to print. No message holds a key. */
export class KeyCommandError extends Error {
  override readonly name = "KeyCommandError";
}
