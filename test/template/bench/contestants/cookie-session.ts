import cookieSession, { type Middleware } from "cookie-session";
import type { BenchSession } from "../sizes.ts";
import { type Changed, cookieHeader } from "./contestant.ts";
import { SECRET } from "./secret.ts";

export const name = "cookie-session";

/** The middleware with the minimal request and response that it works with, without Express and node:http. */
const middleware: Middleware<Partial<BenchSession>> = cookieSession({
  keys: [SECRET],
  secure: true,
  sameSite: "lax",
});

class Response {
  #cookies: string[] | undefined;
  getHeader(): string[] | undefined {
    return this.#cookies;
  }
  setHeader(_name: string, cookies: string[]): void {
    this.#cookies = cookies;
  }
  writeHead(_status: number): this {
    return this;
  }
}

export function issue(session: BenchSession): string {
  return cookieHeader(respond(undefined, (stored) => Object.assign(stored, session)).cookies);
}

export function read(cookie: string | undefined, key: keyof BenchSession): unknown {
  return respond(cookie, (session) => session[key]).value;
}

export function change(cookie: string | undefined): Changed {
  const { value, cookies } = respond(cookie, (session) => {
    session.visits = (session.visits ?? 0) + 1;
    return session.visits;
  });
  return { visits: value, cookies };
}

function respond<T>(cookie: string | undefined, handle: (session: Partial<BenchSession>) => T) {
  const request = { headers: { cookie }, protocol: "https", session: {} };
  const response = new Response();
  let value: T | undefined;
  middleware(request, response, () => {
    value = handle(request.session);
    response.writeHead(200);
  });
  return { value: value as T, cookies: response.getHeader() ?? [] };
}
