import { OptionError } from "../options/option-error.ts";
import { SessionTooLargeError } from "../session/session-errors.ts";

/** Maximum size of a value, in bytes of UTF-8. */
export const MOST_VALUE_BYTES = 64 * 1024;

/** Condition and expiry of a write. */
export interface ConditionalWrite {
  /** Value that must be present, or `undefined` if none may be present. */
  readonly expected: string | undefined;
  /** Last second in which the value is present, in seconds since the epoch, an integer. */
  readonly expiresAt: number;
}

/**
 * Stores small strings that expire, and writes them by compare-and-set: of several parallel writes that
 * expect the same value, one succeeds.
 *
 * An absent value is a result, and an expired one is absent. Every read is strongly consistent. A write that
 * reaches the store twice counts once. Keys must contain no secret and no personal data: callers pass hashes.
 * `describeConditionalStore` (`lambda-sessions/contracts`) defines the tests that every implementation
 * passes.
 *
 * @throws SessionUnavailableError if the system fails; the write may have been done or not
 */
export interface ConditionalStore {
  /** Returns the value of a key, or `undefined` if it is absent or has expired. */
  read(key: string): Promise<string | undefined>;

  /**
   * Writes a value if the present one is the expected one. Returns whether it was written.
   *
   * @throws SessionTooLargeError if the value has more than 64 KiB
   * @throws OptionError if the time is no integer, or a value is empty or not well-formed
   */
  write(key: string, value: string, write: ConditionalWrite): Promise<boolean>;

  /** Removes a value, or only the expected one. Returns whether it was present and was removed. */
  remove(key: string, expected?: string): Promise<boolean>;
}

/** Checks the parameters of `write` for an implementation of `ConditionalStore`. */
export function assertWrite(key: string, value: string, { expected, expiresAt }: ConditionalWrite): void {
  assertString("value", value);
  assertExpected(expected);
  if (!Number.isSafeInteger(expiresAt))
    throw new OptionError("expiresAt", "must be an integer number of seconds");
  const bytes = Buffer.byteLength(value);
  if (bytes > MOST_VALUE_BYTES) throw new SessionTooLargeError(bytes, MOST_VALUE_BYTES, [{ key, bytes }]);
}

/** Checks an expected value for an implementation of `ConditionalStore`. */
export function assertExpected(expected: string | undefined): void {
  if (expected !== undefined) assertString("expected", expected);
}

/** Rejects strings that a store could not keep exactly, such as one with a lone surrogate. */
function assertString(option: string, value: string): void {
  if (typeof value !== "string" || value === "" || !value.isWellFormed())
    throw new OptionError(option, "must be a non-empty, well-formed string");
}
