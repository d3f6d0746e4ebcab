import { parseCookie, stringifySetCookie } from "cookie";
import { sign, unsign } from "cookie-signature";
import type { BenchSession } from "../sizes.ts";
import { type Changed, cookieHeader } from "./contestant.ts";
import { LIFETIME, SECRET } from "./secret.ts";

/**
 * Code that many applications write themselves. The expiry is signed, because no browser has to obey Max-Age.
 */
export const name = "cookie + cookie-signature";

interface Stored {
  readonly session: BenchSession;
  readonly expires: number;
}

export function issue(session: BenchSession): string {
  return cookieHeader([write(session)]);
}

export function read(cookie: string | undefined, key: keyof BenchSession): unknown {
  return open(cookie)?.[key];
}

export function change(cookie: string | undefined): Changed {
  const session = open(cookie) ?? ({ visits: 0 } as BenchSession);
  session.visits++;
  return { visits: session.visits, cookies: [write(session)] };
}

function open(cookie: string | undefined): BenchSession | undefined {
  const value = cookie === undefined ? undefined : parseCookie(cookie).session;
  const payload = value !== undefined && unsign(value, SECRET);
  if (!payload) return undefined;
  const { session, expires }: Stored = JSON.parse(Buffer.from(payload, "base64url").toString());
  return expires > Date.now() ? session : undefined;
}

function write(session: BenchSession): string {
  const stored: Stored = { session, expires: Date.now() + LIFETIME * 1000 };
  const value = sign(Buffer.from(JSON.stringify(stored)).toString("base64url"), SECRET);
  return stringifySetCookie({
    name: "session",
    value,
    path: "/",
    httpOnly: true,
    secure: true,
    sameSite: "lax",
  });
}
