import secureSession from "@fastify/secure-session";
import fastify from "fastify";
import type { BenchSession } from "../sizes.ts";
import { type Changed, cookieHeader } from "./contestant.ts";
import { LIFETIME, SECRET } from "./secret.ts";

export const name = "@fastify/secure-session";

/** The application whose decorators are called without a Fastify request, which would cost more. */
const app = fastify();
app.register(secureSession, { key: Buffer.from(SECRET), expiry: LIFETIME, cookieName: "session" });
await app.ready();

const ATTRIBUTES = { path: "/", httpOnly: true, secure: true, sameSite: "lax" } as const;

export function issue(session: BenchSession): string {
  const created = app.createSecureSession({ ...session });
  return cookieHeader([app.serializeCookie("session", app.encodeSecureSession(created), ATTRIBUTES)]);
}

export function read(cookie: string | undefined, key: keyof BenchSession): unknown {
  return open(cookie)?.get(key);
}

export function change(cookie: string | undefined): Changed {
  const session = open(cookie) ?? app.createSecureSession({});
  const visits = ((session.get("visits") as number | undefined) ?? 0) + 1;
  session.set("visits", visits);
  return { visits, cookies: [app.serializeCookie("session", app.encodeSecureSession(session), ATTRIBUTES)] };
}

function open(cookie: string | undefined) {
  return app.decodeSecureSession(cookie === undefined ? undefined : app.parseCookie(cookie).session);
}
