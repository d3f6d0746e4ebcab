import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import {
  type ServerSideOptions,
  ServerSideSessionInterface,
} from "../../../shared/server-side/server-side-session-interface.ts";
import { type SessionToken, SessionTokenSigner } from "../../../shared/server-side/session-token.ts";
import type { Session } from "../../../shared/session/session.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Found, FoundSession, UserRecord } from "../../../shared/stores/session-record.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { KEY } from "../cookie/secure-cookie-fixture.ts";
import { SteeredStore } from "./steered-store.ts";

export const ADA = { id: "1", name: "Ada" };
export const BOB = { id: "2", name: "Bob" };

/** A clock, a log and a steered store, and session interfaces that use them. */
export class ServerSideFixture {
  readonly clock = new Clock();
  readonly log = new SessionLogCollector();
  readonly steered = new SteeredStore();
  readonly store = this.steered.store;
  readonly sessions = new SessionDirectory({
    users: this.store,
    store: this.store,
    clock: this.clock.now,
    log: this.log.log,
  });

  makeInterface(settings: SessionSettings = {}, options: Partial<ServerSideOptions> = {}) {
    return new ServerSideSessionInterface({
      keys: [KEY],
      store: this.store,
      settings,
      clock: this.clock.now,
      log: this.log.log,
      ...options,
    });
  }

  /** Returns a visitor of an interface with these settings; with `jar`, another tab or a later deployment. */
  makeVisitor(settings: SessionSettings = {}, jar = new CookieJar(this.clock.now)): Visitor {
    return new Visitor(this.makeInterface(settings), jar);
  }

  /** Returns the token in the cookie of a visitor. Throws if there is no valid cookie. */
  tokenOf(visitor: Visitor): SessionToken {
    const age = { now: this.clock.seconds, maxAge: Number.MAX_SAFE_INTEGER, clockSkew: 0 };
    const { token } = signerOf().unsign(visitor.token ?? "", age) as { token?: SessionToken };
    if (token === undefined) throw new Error("the visitor has no valid cookie");
    return token;
  }

  /** Returns the value of a cookie with this token. */
  signed(token: SessionToken, at = this.clock.seconds): string {
    return signerOf().sign(token, at);
  }

  /** Returns the record of a session, or why there is none. */
  async found(id: string): Promise<Found["session"]> {
    return (await this.store.read(id)).session;
  }

  /** Returns the record of a session. Throws if it does not exist. */
  async recordOf(id: string): Promise<FoundSession> {
    const found = await this.found(id);
    if (typeof found !== "object") throw new Error(`there is no session, but ${found}`);
    return found;
  }

  /** Returns the sessions in a user's list. */
  async listOf({ id }: { readonly id: string }): Promise<UserRecord["sessions"]> {
    return (await this.store.readUser(hashIdentifier(id)))?.sessions ?? new Map();
  }

  /** The events of the log, with their reasons. */
  get events(): string[] {
    return this.log.records.map(({ event, reason }) => (reason ? `${event}: ${reason}` : event));
  }
}

function signerOf(): SessionTokenSigner {
  return new SessionTokenSigner({ ...resolveSettings(), keys: [KEY] });
}

/** Returns the Cookie header that a visitor's browser would send. */
export function cookiesOf(visitor: Visitor): { readonly cookies: readonly string[] } {
  return { cookies: visitor.token === undefined ? [] : [`__Host-session=${visitor.token}`] };
}

/** Returns the id of a visitor's session. Throws if there is none. */
export async function idOf(visitor: Visitor): Promise<string> {
  const { result } = await visitor.visit((session) => session.id);
  if (result === undefined) throw new Error("the visitor has no session");
  return result;
}

/** Returns the data and the user that a visitor's next request reads. */
export async function look(visitor: Visitor): Promise<object> {
  return (await visitor.visit(seen)).result;
}

/** Returns the data and the user of a session. */
export function seen(session: Session): object {
  return { ...session.toJSON(), ...(session.user && { user: session.user.id }) };
}
