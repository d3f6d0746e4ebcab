import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { Session, SessionSettings } from "../../../../shared/index.ts";
import type { HandlerResult, HttpEvent, RequestRecord } from "../../../../shared/lambda.ts";
import { createWithSessions, type NamedSessions, nameSessions } from "../../../../shared/named-sessions.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side.ts";
import { Browser, Clock, LogCollector, type PayloadFormat } from "../../../../shared/testing.ts";
import { SteeredStore } from "../../server-side/steered-store.ts";

/** The data of the sessions of a shop. */
export interface ShopData {
  cart: { items: string[]; note: string };
  account: { plan: string };
}

/** Handler of one request. Its result is a string, or a response of either payload format. */
export type ShopHandler = (
  sessions: NamedSessions<ShopData>,
  event: HttpEvent,
) => HandlerResult | Promise<HandlerResult>;

export const KEY = "a secret key of at least 32 bytes, for tests";

/** Options of `openShop`. Everything is optional. */
interface ShopOptions {
  readonly cart?: SessionSettings;
  readonly account?: SessionSettings;
  readonly payload?: PayloadFormat;
}

/** Returns a shop with a cart in a cookie and an account in a table, and a browser that visits it. */
export function openShop({ cart = {}, account = {}, payload = "2.0" }: ShopOptions = {}) {
  const log = new LogCollector<RequestRecord>();
  const clock = new Clock();
  const table = new SteeredStore();
  const sessions = nameSessions({ cart, account }, (settings, name) => {
    const options = { keys: [KEY], settings, clock: clock.now, log: () => {} };
    if (name === "cart") return new SecureCookieSessionInterface(options);
    return new ServerSideSessionInterface({ ...options, store: table.store });
  });
  const withSessions = createWithSessions<ShopData>({ sessions, log: log.log });
  let current: ShopHandler;
  const handler = withSessions<HttpEvent>((event, named) => current(named, event));
  const browser = new Browser({ "ANY /": handler }, { clock: clock.now, payload });
  return {
    log,
    clock,
    table,
    browser,
    withSessions,
    handler,
    /** Sends a request that this handler answers. */
    send(next: ShopHandler, method = "POST") {
      current = next;
      return browser.request(method, "/");
    },
    /** Returns what a further visit finds in both sessions. */
    async read() {
      current = ({ cart, account }) => ({ cart, account, user: userOf(account) });
      return (await browser.get("/")).json();
    },
  };
}

function userOf({ user }: Session<ShopData["account"]>): string | null {
  return user?.id ?? null;
}
