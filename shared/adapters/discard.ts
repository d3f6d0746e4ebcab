/**
 * Stops a stream that is not read to its end, so that its source can close. Ignores other bodies, such as
 * data with a method of the same name: `destroy` of some database libraries deletes a row.
 */
export function discard(body: unknown): void {
  // Methods that stop a `Readable`, a `ReadableStream` and a generator.
  const { [Symbol.asyncIterator]: isStream, destroy, cancel, return: end } = Object(body);
  // An error of a source that stops has no receiver any more.
  (async () => isStream && (destroy ?? cancel ?? end).call(body))().catch(() => {});
}
