import { OptionError } from "../options/option-error.ts";

/**
 * Checks an argument or an option that must be a function, because callers without types would see the
 * mistake only at the first request.
 *
 * @param allowed completes the sentence "must be …". Default: "a function"
 * @throws OptionError that names the argument or the option
 */
export function assertFunction(value: unknown, name: string, allowed = "a function"): void {
  if (typeof value !== "function") throw new OptionError(name, `must be ${allowed}`);
}

/** Checks a session interface, as `assertFunction` does. */
export function assertSessionInterface(value: unknown, name = "sessionInterface"): void {
  assertFunction(
    Object(value).open,
    name,
    "a session interface, such as new SecureCookieSessionInterface(…)",
  );
}
