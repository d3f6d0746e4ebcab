import { createHash } from "node:crypto";

/** Cookie settings that the local run changes, as in `SESSION_SETTINGS`. */
interface CookieSettings {
  readonly name?: string;
  readonly sameSite?: string;
  readonly [setting: string]: unknown;
}

const NAME_PREFIX = /^__(host-http|host|http|secure)-/i;

/**
 * Returns the `SESSION_SETTINGS` with which a browser accepts the session cookie on `http://localhost`.
 *
 * Over plain HTTP a browser drops cookies that need HTTPS: Safari drops any `Secure` cookie, even on
 * localhost, and with it names such as `__Host-` and `__Http-` (RFC 6265bis, section 4.1.3), `Partitioned`
 * and `SameSite=None`, which need `Secure`. A `Domain` never matches localhost. So `secure` becomes false,
 * `partitioned` and `domain` are removed, `sameSite` none becomes lax, and a name loses its prefix. All other
 * settings stay as deployed.
 *
 * The default name becomes `session-` and a part of its own for each project, because browsers send the
 * cookies of localhost to all its ports. With `flask`, it stays `session`, so that a Flask application shares
 * it.
 *
 * @param settings JSON as deployed; absent if every setting has its default
 * @param root folder of the project
 */
export function toLocalSessionSettings(settings = "{}", root: string): string {
  const { cookie, ...others } = JSON.parse(settings) as { cookie?: CookieSettings; flask?: boolean };
  const project = createHash("sha256").update(root).digest("hex").slice(0, 6);
  const named = others.flask ? cookie : { name: `session-${project}`, ...cookie };
  return JSON.stringify({ ...others, cookie: toLocalCookie(named) });
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
