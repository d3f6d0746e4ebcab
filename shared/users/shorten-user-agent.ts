/** The maximum length of a shortened User-Agent header, in UTF-16 code units. */
const MOST_USER_AGENT = 64;

/** The part of a header that is looked at, so that the time for a long one is bounded. */
const LONGEST = 512;

/** Parts that many browsers send, and that do not help to tell one device from another. */
const NOISE =
  /Mozilla\/5\.0 |AppleWebKit\/[\d.]+ |\(KHTML, like Gecko\) ?|Gecko\/[\d.]+ | like Mac OS X|; rv:[\d.]+|Mobile\/\w+ ?| Mobile(?= |$)| Build\/[^;)]+|Version\/4\.0 | Safari\/537\.36/g;

/** Safari, which names its own version before the one of its engine. */
const SAFARI = /Version\/([\d.]+) Safari\/[\d.]+/;

/** A version of more than one number. */
const VERSION = /([/ ]\d+)\.[\d.]+/g;

/**
 * Shortens a User-Agent header for a list of devices. It keeps the system, the names of the products and the
 * first number of their versions, such as `(Windows NT 10.0; Win64; x64) Chrome/142`.
 */
export function shortenUserAgent(header: string): string {
  const known = header.slice(0, LONGEST).replace(NOISE, "").replace(SAFARI, "Safari/$1");
  return known.replace(VERSION, "$1").slice(0, MOST_USER_AGENT).toWellFormed();
}
