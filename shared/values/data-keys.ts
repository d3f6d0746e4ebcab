/** Keys of data with the type `D`. */
export type Name<D> = keyof D & string;

/** Values that may be stored under a key. */
export type Value<D, K extends keyof D> = Exclude<D[K], undefined>;

/** Keys whose values are numbers. */
export type NumberName<D> = { [K in keyof D]-?: Value<D, K> extends number ? K : never }[keyof D] & string;
