/**
 * Returns the attribute name for a key of the data. It is the key itself, except for keys that DynamoDB, its
 * SDK or UTF-8 would lose (the empty string, `__proto__` and similar keys, lone surrogates). Those keys, and
 * keys that begin with `~`, are written as in JSON after a `~`.
 */
export function toAttributeName(key: string): string {
  return isPlain(key) ? key : `~${JSON.stringify(key).slice(1, -1)}`;
}

/** Returns the key for an attribute name, or `undefined` for a name that belongs to no key. */
export function parseAttributeName(name: string): string | undefined {
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
