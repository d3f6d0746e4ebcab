import { createCookieSessionStorage } from "react-router";
import type { BenchSession } from "../sizes.ts";
import { type Changed, cookieHeader } from "./contestant.ts";
import { LIFETIME, SECRET } from "./secret.ts";

export const name = "react-router";

const storage = createCookieSessionStorage<BenchSession>({
  cookie: {
    name: "session",
    secrets: [SECRET],
    maxAge: LIFETIME,
    path: "/",
    httpOnly: true,
    secure: true,
    sameSite: "lax",
  },
});

export async function issue(session: BenchSession): Promise<string> {
  const stored = await storage.getSession();
  for (const [key, value] of Object.entries(session)) stored.set(key as keyof BenchSession, value as never);
  return cookieHeader([await storage.commitSession(stored)]);
}

export async function read(cookie: string | undefined, key: keyof BenchSession): Promise<unknown> {
  return (await storage.getSession(cookie)).get(key);
}

export async function change(cookie: string | undefined): Promise<Changed> {
  const session = await storage.getSession(cookie);
  const visits = (session.get("visits") ?? 0) + 1;
  session.set("visits", visits);
  return { visits, cookies: [await storage.commitSession(session)] };
}
