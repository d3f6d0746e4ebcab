/** Methods of authentication (`amr`, RFC 8176), of which some are levels (`acr`) too. */
const WORDS: Readonly<Record<string, string>> = {
  pwd: "a password",
  otp: "a one-time code",
  mfa: "several factors",
  hwk: "a security key",
};

/** Maximum number of methods that are named. */
const MOST_METHODS = 5;

/** Returns a method or level in plain words. Unknown ones keep the provider's name. */
export function toWords(name: string): string | undefined {
  return Object.hasOwn(WORDS, name) ? WORDS[name] : name;
}

/** Describes methods, such as `a password and a one-time code`. */
export function describeMethods(amr: readonly string[]): string {
  return amr.slice(0, MOST_METHODS).map(toWords).join(" and ");
}
