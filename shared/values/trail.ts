import { UnstorableValueError } from "./unstorable-value-error.ts";

/**
 * Maximum number of nested arrays and objects in a session to which a value is set. Flask takes up to four
 * frames for each, of the 1000 of Python's call stack: it reads some 240 in an application that needs few.
 */
export const MOST_LEVELS = 100;

/** Position in the value, from which errors derive the path and cycles are found. */
export interface Trail {
  /** Absent for the result of a tag's `toJSON`. */
  readonly name?: string | number;
  readonly parent?: Trail;
  readonly value?: object;
  /** The number of levels that may follow. */
  readonly levels: number;
}

/** Returns the position of an item or an entry. */
export function at(trail: Trail, name: string | number): Trail {
  return { name, parent: trail, levels: trail.levels };
}

/**
 * Returns the position inside an array or object.
 *
 * @throws UnstorableValueError if it is nested too deep or contains itself
 */
export function enter(trail: Trail, value: object): Trail {
  if (trail.levels === 0) refuse(trail, `it is nested deeper than ${MOST_LEVELS} levels`);
  for (let above = trail.parent; above !== undefined; above = above.parent)
    if (above.value === value) refuse(trail, "it contains itself; remove the cycle");
  return { ...trail, value, levels: trail.levels - 1 };
}

/** @throws UnstorableValueError that names the path of the position */
export function refuse(trail: Trail, problem: string): never {
  throw new UnstorableValueError(formatPath(trail), problem);
}

function formatPath({ name, parent }: Trail): string {
  if (parent === undefined) return `${name}`;
  const path = formatPath(parent);
  if (name === undefined) return path;
  if (typeof name === "number") return `${path}[${name}]`;
  if (!/^[\w$]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
