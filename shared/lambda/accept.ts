/** A media range of an Accept header in lower case, and its weight. */
type Range = readonly [type: string, weight: number];

const JSON_TYPE = /^application\/(\S+\+)?json$/;

/**
 * Returns whether an Accept header (RFC 9110, section 12.5.1) names a JSON type and gives neither plain text
 * nor HTML a higher weight. A range with a wildcard does not name JSON: browsers and curl send them.
 */
export function prefersJson(accept: string): boolean {
  const ranges = accept.toLowerCase().split(",").map(parseRange);
  const json = ranges.filter(([type]) => JSON_TYPE.test(type)).map(([, weight]) => weight);
  const texts = ["text/plain", "text/html"].map((type) => weightOf(ranges, [type, "text/*", "*/*"]));
  return Math.max(0, ...json) >= Math.max(Number.MIN_VALUE, ...texts);
}

/** A malformed weight counts as 0, one above 1 as 1. */
function parseRange(range: string): Range {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
  return [type, Math.min(Number(weight) || 0, 1)];
}

/** Returns the weight of the first of these types that a range names. The more specific types come first. */
function weightOf(ranges: readonly Range[], types: readonly string[]): number {
  const named = types.flatMap((type) => ranges.filter(([own]) => own === type));
  return named[0]?.[1] ?? 0;
}
