/** Cookie settings that the local run changes, as in `SESSION_SETTINGS`. */
interface CookieSettings {
  readonly name?: string;
  readonly sameSite?: string;
  readonly [setting: string]: unknown;
}

const NAME_PREFIX = /^__(host|secure)-/i;

/**
 * Returns the `SESSION_SETTINGS` with which a browser accepts the session cookie on `http://localhost`.
 *
 * Over plain HTTP a browser drops cookies that need HTTPS: Safari drops any `Secure` cookie, even on
 * localhost, and with it the names `__Host-` and `__Secure-` (RFC 6265bis, section 4.1.3), `Partitioned` and
 * `SameSite=None`, which need `Secure`. A `Domain` never matches localhost. So `secure` becomes false,
 * `partitioned` and `domain` are removed, `sameSite` none becomes lax, and a name loses its prefix. All other
 * settings stay as deployed. The default name becomes `session`.
 *
 * @param settings JSON as deployed; absent if every setting has its default
 */
export function toLocalSessionSettings(settings = "{}"): string {
  const { cookie, ...others } = JSON.parse(settings) as { cookie?: CookieSettings };
  return JSON.stringify({ ...others, cookie: toLocalCookie(cookie) });
}

function toLocalCookie(deployed: CookieSettings = {}): CookieSettings {
  const { name, sameSite, domain: _, partitioned: __, ...kept } = deployed;
  return {
    ...kept,
    ...(name !== undefined && { name: name.replace(NAME_PREFIX, "") || "session" }),
    ...(sameSite !== undefined && { sameSite: sameSite === "none" ? "lax" : sameSite }),
    secure: false,
  };
}
