/**
 * A Python tuple: an array that goes back to Flask as a tuple, not as a list.
 *
 * Make one with `Tuple.of("message", "Saved")` or `Tuple.from(list)`. What `map` and `slice` make of it is an
 * ordinary array.
 */
export class Tuple<T = unknown> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}
