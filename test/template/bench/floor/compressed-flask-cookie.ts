import { deflateSync, inflateSync } from "node:zlib";
import { envelope, type FlaskCookie, type Signature } from "./flask-cookie.ts";

/** Returns the floor with zlib, which compresses every payload. */
export function compressedFlaskCookie<T extends object>(
  secret: string,
  signature: Signature,
): FlaskCookie<T> {
  const { open, seal } = envelope(secret, signature);
  return {
    read(cookie) {
      const payload = open(cookie);
      if (payload === undefined) return undefined;
      return JSON.parse(inflateSync(Buffer.from(payload.slice(1), "base64url")).toString());
    },
    write: (session) => seal(`.${deflateSync(JSON.stringify(session)).toString("base64url")}`),
  };
}
