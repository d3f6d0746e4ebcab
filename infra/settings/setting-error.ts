/**
 * Error for a setting that is unknown, invalid or in contradiction to another. The message is one sentence
 * that the developer can act on.
 */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/**
 * Returns the error for a setting that contradicts another.
 *
 * @param value its value; `undefined` for the default
 * @param problem the rest of a sentence that begins with "it", such as "needs monitoring=true"
 */
export function createContradiction(name: string, value: unknown, problem: string): SettingError {
  const given = value === undefined ? "its default" : JSON.stringify(value);
  return new SettingError(`The setting ${name} cannot be ${given}: it ${problem}.`);
}
