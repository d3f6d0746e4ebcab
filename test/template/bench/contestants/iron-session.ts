import { getIronSession, nodeCookies } from "iron-session";
import type { BenchSession } from "../sizes.ts";
import { type Changed, cookieHeader } from "./contestant.ts";
import { LIFETIME, SECRET } from "./secret.ts";

export const name = "iron-session";

const OPTIONS = { cookieName: "session", password: SECRET, ttl: LIFETIME };

class Response {
  readonly headersSent = false;
  cookies: string[] = [];
  getHeader(): string[] {
    return this.cookies;
  }
  setHeader(_name: string, cookies: string[]): void {
    this.cookies = cookies;
  }
}

export async function issue(session: BenchSession): Promise<string> {
  const { opened, response } = await open(undefined);
  await Object.assign(opened, session).save();
  return cookieHeader(response.cookies);
}

export async function read(cookie: string | undefined, key: keyof BenchSession): Promise<unknown> {
  return (await open(cookie)).opened[key];
}

export async function change(cookie: string | undefined): Promise<Changed> {
  const { opened, response } = await open(cookie);
  const visits = (opened.visits ?? 0) + 1;
  opened.visits = visits;
  await opened.save();
  return { visits, cookies: response.cookies };
}

async function open(cookie: string | undefined) {
  const response = new Response();
  const jar = nodeCookies({ headers: { cookie } }, response);
  return { opened: await getIronSession<Partial<BenchSession>>(jar, OPTIONS), response };
}
