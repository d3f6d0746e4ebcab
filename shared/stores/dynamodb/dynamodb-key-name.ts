/**
 * Returns the attribute name for a key of the data. It is the key itself, except for keys that DynamoDB, its
 * SDK or UTF-8 would lose (the empty string, `__proto__` and similar keys, lone surrogates) or that JSON
 * escapes, which some versions of V8 read wrong (see `parseJson`). Those keys, and keys that begin with `~`,
 * are written after a `~`, with `%` and four hexadecimal digits for each such character.
 */
export function toAttributeName(key: string): string {
  const isPlain =
    key !== "" && !key.startsWith("~") && !(key in Object.prototype) && !/[\p{Cs}\p{Cc}"\\]/u.test(key);
  return isPlain ? key : `~${key.replace(/[\p{Cs}\p{Cc}"\\%]/gu, percentEncode)}`;
}

/** Returns the key for an attribute name, or `undefined` for a name that belongs to no key. */
export function parseAttributeName(name: string): string | undefined {
  if (!name.startsWith("~")) return name;
  const key = name
    .slice(1)
    .replace(/%([\da-f]{4})/g, (_encoded, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return toAttributeName(key) === name ? key : undefined;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
