/** The object that a text of somebody else's holds as JSON; an empty one where it is no JSON, or holds nothing. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
