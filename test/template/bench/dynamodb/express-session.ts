import connectDynamoDB from "connect-dynamodb";
import session, { type Options, type Request } from "express-session";
import { SECRET } from "../contestants/secret.ts";
import { TABLE_NAME } from "./calls.ts";
import { type MakeContestant, receiveCookie, type TableSession, type Visitor } from "./contestant.ts";

const NAME = "express-session + connect-dynamodb";
const RECOMMENDED = { resave: false, saveUninitialized: false };

/** The options that its documentation recommends for a store that can `touch`. */
export const asRecommended = expressSession(`${NAME}, as recommended`, RECOMMENDED);

/** The recommended options, with a cookie that is sent with every response. */
export const rolling = expressSession(`${NAME}, as recommended, \`rolling\``, {
  ...RECOMMENDED,
  rolling: true,
});

/** The options that express-session uses by default. */
export const byDefault = expressSession(`${NAME}, defaults`, { resave: true, saveUninitialized: true });

/**
 * Returns express-session with connect-dynamodb: the middleware with the minimal request and response that it
 * works with, which is less than Express gives it.
 */
function expressSession(name: string, options: Options): MakeContestant {
  return () => {
    const Store = connectDynamoDB(session);
    const store = new Store({ table: TABLE_NAME, hashKey: "pk" });
    const middleware = session({ store, secret: SECRET, ...options });
    return {
      name,
      request: (visitor, handle) =>
        new Promise((resolve, reject) => {
          const request = { url: "/", headers: { cookie: visitor.cookie }, connection: {} } as Request;
          const respond = async (): Promise<void> => {
            const value = await handle(sessionOf(request));
            response.onEnd = () => resolve(value);
            response.end();
          };
          const response = new Response(visitor);
          middleware(request, response, (error) => {
            if (error) reject(error);
            else respond().catch(reject);
          });
        }),
    };
  };
}

class Response {
  readonly #visitor: Visitor;
  onEnd = (): void => {};
  _header = "";

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }
  getHeader(): undefined {
    return undefined;
  }
  setHeader(_name: string, cookies: readonly [previous: undefined, cookie: string] | string): void {
    receiveCookie(this.#visitor, typeof cookies === "string" ? cookies : cookies.at(-1));
  }
  writeHead(_status: number): this {
    this._header = "sent";
    return this;
  }
  _implicitHeader(): void {
    this.writeHead(200);
  }
  write(): boolean {
    return true;
  }
  end(): void {
    this.onEnd();
  }
}

function sessionOf(request: Request): TableSession {
  const session = (): NonNullable<Request["session"]> => {
    if (request.session === undefined)
      throw new Error("the request has no session, because it was destroyed");
    return request.session;
  };
  const set = (key: string, value: unknown): unknown => {
    session()[key] = value;
    return value;
  };
  return {
    get: (key) => session()[key],
    get user() {
      return session().user;
    },
    set,
    increment: (key) => set(key, Number(session()[key] ?? 0) + 1),
    update: (key, change) => set(key, change(session()[key])),
    signIn: async (user) => {
      await done((callback) => session().regenerate(callback));
      session().user = user;
    },
    signOut: () => done((callback) => session().destroy(callback)),
  };
}

function done(start: (callback: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}
