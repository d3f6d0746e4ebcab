/**
 * Returns the object in a JSON string from outside, or an empty object if the string is not JSON or contains
 * null.
 */
export function parseObjectOrEmpty(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
