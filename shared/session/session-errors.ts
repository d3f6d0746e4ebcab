/** How much one key takes. */
export interface KeySize {
  readonly key: string;
  readonly bytes: number;
}

/** The session does not fit where it is kept. Nothing of it was saved. */
export class SessionTooLargeError extends Error {
  override readonly name = "SessionTooLargeError";
  /** The size that it would have, in bytes. */
  readonly bytes: number;
  /** The size that it may have, in bytes. */
  readonly limit: number;
  /** Its largest keys, the largest first. */
  readonly largest: readonly KeySize[];

  constructor(bytes: number, limit: number, largest: readonly KeySize[]) {
    const keys = largest.map(({ key, bytes }) => `${key} (${bytes} bytes)`).join(", ");
    super(`session takes ${bytes} bytes, but ${limit} is the most; its largest keys: ${keys}`);
    this.bytes = bytes;
    this.limit = limit;
    this.largest = largest;
  }
}

/** A system that sessions need has failed; `cause` is what it said. Nothing was saved. */
export class SessionUnavailableError extends Error {
  override readonly name = "SessionUnavailableError";
}
