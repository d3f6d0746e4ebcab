/** The cookie settings that the local run changes, as `SESSION_SETTINGS` holds them. */
interface CookieSettings {
  readonly name?: string;
  readonly sameSite?: string;
  readonly [setting: string]: unknown;
}

const NAME_PREFIX = /^__(host|secure)-/i;

/**
 * The `SESSION_SETTINGS` with which a browser keeps the session cookie on `http://localhost`.
 *
 * Over plain HTTP a browser drops what only HTTPS may carry: Safari any `Secure` cookie, even on localhost,
 * and with it the `__Host-` and `__Secure-` names (RFC 6265bis, section 4.1.3), `Partitioned` and
 * `SameSite=None`, which need `Secure`. A `Domain` never matches localhost. So `secure` becomes false,
 * `partitioned` and `domain` go, `sameSite` none becomes lax and a name loses its prefix. Everything else
 * stays as it deploys; a cookie without a name of its own is then called `session`.
 *
 * @param settings the JSON that deploys; absent means that every setting has its default.
 */
export function localSessionSettings(settings = "{}"): string {
  const { cookie, ...others } = JSON.parse(settings) as { cookie?: CookieSettings };
  return JSON.stringify({ ...others, cookie: localCookie(cookie) });
}

function localCookie(deployed: CookieSettings = {}): CookieSettings {
  const { name, sameSite, domain: _, partitioned: __, ...kept } = deployed;
  return {
    ...kept,
    ...(name !== undefined && { name: name.replace(NAME_PREFIX, "") || "session" }),
    ...(sameSite !== undefined && { sameSite: sameSite === "none" ? "lax" : sameSite }),
    secure: false,
  };
}
