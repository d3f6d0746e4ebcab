/**
 * Array that Flask reads as a Python tuple, not as a list.
 *
 * Create one with `Tuple.of("message", "Saved")` or `Tuple.from(array)`. Its methods, such as `map` and
 * `slice`, return ordinary arrays.
 */
export class Tuple<T = unknown> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}
