/**
 * The name under which an item keeps a key of a session: the key itself, but for those that DynamoDB, its SDK or
 * UTF-8 would lose (the empty one, `__proto__` and its like, and halves of a character). Those are written as in JSON
 * after a `~`, and so are keys that begin with one.
 */
export function nameOfKey(key: string): string {
  return isPlain(key) ? key : `~${JSON.stringify(key).slice(1, -1)}`;
}

/** The key that is kept under a name, or `undefined` for a name that no key has. */
export function keyOfName(name: string): string | undefined {
  if (!name.startsWith("~")) return name;
  try {
    return JSON.parse(`"${name.slice(1)}"`);
  } catch {
    return undefined;
  }
}

function isPlain(key: string): boolean {
  return key !== "" && !key.startsWith("~") && !(key in Object.prototype) && key.isWellFormed();
}
