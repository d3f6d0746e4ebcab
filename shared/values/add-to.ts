/**
 * Returns the sum of a value and a number; a missing value counts as 0.
 *
 * @throws TypeError when the value or the number to add is not a number
 */
export function addTo(key: string, value: unknown, by: number): number {
  if (typeof by !== "number") throw new TypeError(`only a number can be added to session value ${key}`);
  if (value === undefined) return by;
  if (typeof value !== "number") throw new TypeError(`session value at ${key} is not a number`);
  return value + by;
}
