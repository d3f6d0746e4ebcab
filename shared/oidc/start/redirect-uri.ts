/** Path to which the provider sends its response. */
export const CALLBACK_PATH = "/sign-in/callback";

/** Returns the redirect URI of an application, which is registered at the provider. */
export function redirectUri(origin: string): string {
  return `${origin}${CALLBACK_PATH}`;
}
